#include "bench/crossfire_tally.h"

#include <algorithm>
#include <utility>

#include "ledger/outcome.h"

namespace daybook::bench {

namespace {

constexpr std::size_t kFindingsMax = 20;

bool is(const LoggedAnswer& answer, Verdict verdict) {
    return answer.verdict == static_cast<std::uint8_t>(verdict);
}

std::string text_of(const PlannedCommand& command) {
    return "key " + std::to_string(command.key) + " (" + std::to_string(command.amount) + " from " +
           std::to_string(command.debit) + " to " + std::to_string(command.credit) + ")";
}

class Checker {
public:
    Checker(std::span<const AnswerLog> logs, std::uint64_t key_count,
            std::vector<std::int64_t> balances)
        : logs_{logs}, firsts_(key_count) {
        tally_.outcomes.resize(key_count);
        tally_.balances = std::move(balances);
    }

    CrossfireTally check() {
        for_each_send(&Checker::take_decided);
        for_each_send(&Checker::take_refused);
        replay_in_order();
        return std::move(tally_);
    }

private:
    // The first decided answer to a key, and the command it was given for.
    struct First {
        const PlannedCommand* command = nullptr;
        const LoggedAnswer* answer = nullptr;
        bool was_fresh = false;  // an answer not flagged as a replay has been seen
    };

    void for_each_send(void (Checker::*visit)(const PlannedCommand&, const LoggedAnswer&)) {
        for (const auto& log : logs_) {
            for (std::size_t i = 0; i < log.sends.size(); ++i)
                (this->*visit)(log.sends[i], log.answers[i]);
        }
    }

    void find(std::uint64_t& counter, const PlannedCommand& command, const std::string& what) {
        ++counter;
        if (tally_.findings.size() < kFindingsMax) {
            tally_.findings.push_back(text_of(command) + ": " + what);
        }
    }

    void take_decided(const PlannedCommand& command, const LoggedAnswer& answer) {
        ++tally_.sends;
        if (answer.verdict == 0) return find(tally_.lost, command, "no answer");
        if (answer.is_replay != 0) ++tally_.replays;
        if (!is(answer, Verdict::accepted) && !is(answer, Verdict::rejected)) return;
        if (answer.seq == 0) return find(tally_.wrong_answers, command, "decided without a seq");
        First& first = firsts_[command.key];
        if (first.command == nullptr) {
            first = {&command, &answer, false};
            count(command, answer);
        } else {
            compare(first, command, answer);
        }
        if (answer.is_replay == 0) {
            if (first.was_fresh) find(tally_.double_effects, command, "decided twice");
            first.was_fresh = true;
        }
    }

    void count(const PlannedCommand& command, const LoggedAnswer& answer) {
        tally_.outcomes[command.key] = {answer.seq, is(answer, Verdict::accepted)};
        if (is(answer, Verdict::accepted)) {
            ++tally_.accepted;
        } else {
            ++tally_.rejected[answer.code];
        }
    }

    void compare(const First& first, const PlannedCommand& command, const LoggedAnswer& answer) {
        const LoggedAnswer& other = *first.answer;
        if (answer.seq != other.seq) {
            return find(tally_.double_effects, command,
                        "answered with seq " + std::to_string(other.seq) + " and with seq " +
                            std::to_string(answer.seq));
        }
        if (*first.command != command) {
            return find(tally_.wrong_answers, command,
                        "got the receipt of " + text_of(*first.command));
        }
        if (answer.verdict != other.verdict || answer.code != other.code) {
            find(tally_.wrong_answers, command, "two different answers at the same seq");
        }
    }

    void take_refused(const PlannedCommand& command, const LoggedAnswer& answer) {
        if (answer.verdict == 0 || is(answer, Verdict::accepted) || is(answer, Verdict::rejected)) {
            return;
        }
        if (!is(answer, Verdict::refused) ||
            answer.code != code_of(Refusal::idempotency_key_reused)) {
            const auto code = name_of_code(answer.code);
            return find(tally_.wrong_answers, command, "unexpected answer " + std::string{code});
        }
        ++tally_.refused_reuse;
        const First& first = firsts_[command.key];
        if (first.command == nullptr || *first.command == command) {
            find(tally_.wrong_answers, command,
                 "refused as reused, but no other command has its key");
        }
    }

    void replay_in_order() {
        std::vector<const First*> decided;
        decided.reserve(firsts_.size());
        for (const auto& first : firsts_) {
            if (first.command != nullptr) decided.push_back(&first);
        }
        std::ranges::sort(decided, {}, [](const First* first) { return first->answer->seq; });
        std::uint64_t last = 0;
        for (const auto* first : decided) {
            if (first->answer->seq == last) {
                find(tally_.wrong_answers, *first->command, "shares its seq with another key");
            }
            last = first->answer->seq;
            replay(*first->command, *first->answer);
        }
    }

    void replay(const PlannedCommand& command, const LoggedAnswer& answer) {
        std::int64_t& from = tally_.balances[command.debit];
        const std::int64_t amount = command.amount;
        const bool is_there = command.debit == kCashPlace || from >= amount;
        if (is(answer, Verdict::accepted)) {
            // Cash grows by what it is debited, the others by what they are credited.
            from += command.debit == kCashPlace ? amount : -amount;
            tally_.balances[command.credit] += command.credit == kCashPlace ? -amount : amount;
            if (!is_there) {
                find(tally_.double_spends, command,
                     "accepted at seq " + std::to_string(answer.seq) + " and left " +
                         std::to_string(from));
            }
            return;
        }
        if (answer.code != code_of(Rejection::insufficient_funds)) {
            find(tally_.wrong_answers, command,
                 "rejected: " + std::string{name_of_code(answer.code)});
        } else if (is_there) {
            find(tally_.wrong_rejections, command,
                 "rejected at seq " + std::to_string(answer.seq) + " with a balance of " +
                     std::to_string(from));
        }
    }

    std::span<const AnswerLog> logs_;
    std::vector<First> firsts_;
    CrossfireTally tally_;
};

}  // namespace

CrossfireTally tally_crossfire(std::span<const AnswerLog> logs, std::uint64_t key_count,
                               std::vector<std::int64_t> starting_balances) {
    return Checker{logs, key_count, std::move(starting_balances)}.check();
}

}  // namespace daybook::bench
