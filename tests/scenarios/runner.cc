#include "tests/scenarios/runner.h"

#include <map>
#include <utility>
#include <vector>

namespace daybook::scenarios {

namespace {

// The remark that says by how much it was not allowed.
const Remark* reason_in(const schema::Receipt& receipt) {
    for (const auto kind :
         {RemarkKind::shortfall, RemarkKind::unmet, RemarkKind::excess, RemarkKind::rate}) {
        if (const auto* remark = find_remark(receipt.remarks, kind)) return remark;
    }
    return nullptr;
}

std::string text_of(const schema::Receipt& receipt) {
    std::string text = receipt.is_replay ? "replayed " : "";
    text += name_of(receipt.verdict);
    if (receipt.code != 0) text += " " + std::string{name_of_code(receipt.code)};
    if (const auto* why = reason_in(receipt)) {
        text += " value " + to_string(why->x) + " bound " + to_string(why->y);
    }
    if (const auto* failed = find_remark(receipt.remarks, RemarkKind::failed)) {
        text += " member " + std::to_string(failed->member);
    }
    if (const auto* taken = find_remark(receipt.remarks, RemarkKind::taken)) {
        text += " taken " + to_string(taken->amount_x());
    }
    return text + " number " + std::to_string(receipt.subject) + " @" +
           std::to_string(receipt.seq.value());
}

// True when `expected` is not stated or is `actual`.
template <typename T>
bool agrees(const std::optional<T>& expected, const T& actual) {
    return !expected || *expected == actual;
}

bool matches(const ExpectedReceipt& expected, const schema::Receipt& receipt) {
    if (expected.is_replay != receipt.is_replay || expected.verdict != receipt.verdict ||
        expected.code != receipt.code) {
        return false;
    }
    const auto* why = reason_in(receipt);
    const auto* failed = find_remark(receipt.remarks, RemarkKind::failed);
    const auto* taken = find_remark(receipt.remarks, RemarkKind::taken);
    if (((expected.balance || expected.bound) && why == nullptr) ||
        (expected.member && failed == nullptr) || (expected.taken && taken == nullptr)) {
        return false;
    }
    return agrees(expected.seq, receipt.seq) && agrees(expected.subject, receipt.subject) &&
           (why == nullptr ||
            (agrees(expected.balance, why->x) && agrees(expected.bound, why->y))) &&
           (failed == nullptr || agrees(expected.member, std::uint64_t{failed->member})) &&
           (taken == nullptr || agrees(expected.taken, taken->amount_x()));
}

bool is_decided(const schema::Receipt& receipt) {
    return receipt.verdict == Verdict::accepted || receipt.verdict == Verdict::rejected;
}

bool are_same_but_for_flag(const schema::Receipt& left, const schema::Receipt& right) {
    return left.verdict == right.verdict && left.code == right.code && left.seq == right.seq &&
           left.stamp == right.stamp && left.subject == right.subject &&
           left.remarks == right.remarks && left.touches == right.touches;
}

// One run. Each `check` returns what went wrong; an empty text is fine.
class Run {
public:
    explicit Run(Ledger& ledger) : ledger_{ledger} {}

    std::string check(const Submit& submit) {
        Command command = submit.command;
        if (auto* transfer = std::get_if<Transfer>(&command)) {
            if (!resolve(submit.debit_code, transfer->debit) ||
                !resolve(submit.credit_code, transfer->credit)) {
                return "a transfer names accounts that exist; write #NUMBER for one that does not";
            }
        }
        const Seq head_before = ledger_.head();
        const auto receipt =
            submit.is_dry_run ? ledger_.dry_run(command) : ledger_.execute(command);
        codes_seen.insert(receipt.code);
        if (!matches(submit.expected, receipt)) return "got: " + text_of(receipt);
        if (submit.is_dry_run) return check_dry_run(receipt, head_before);
        note_opening(command, receipt);
        const auto wrong = check_against_first(key_of(command), receipt);
        if (!wrong.empty()) return wrong;
        const bool takes_seq = is_decided(receipt) && !receipt.is_replay;
        const Seq head = takes_seq ? head_before.next() : head_before;
        if (takes_seq && receipt.seq != head) return "the seq does not follow the head";
        return ledger_.head() == head ? "" : "the head moved by something else than this command";
    }

    std::string check(const SetClock& clock) {
        const Seq head = ledger_.head().plus(clock.expiries);
        ledger_.set_clock(clock.now, clock.expiries);
        return ledger_.head() == head ? "" : "another number of holds expired";
    }

    std::string check(const AskOutcome& asked) {
        const auto receipt = ledger_.outcome(asked.key);
        if (!matches(asked.expected, receipt)) return "got: " + text_of(receipt);
        return check_against_first(asked.key, receipt);
    }

    std::string check(const CheckBalance& expected) {
        const auto account = ledger_.account(expected.account);
        if (!account) return expected.is_none ? "" : "there is no such account";
        if (expected.is_none) return "the account exists";
        const auto& totals = account->totals;
        const auto posted = posted_balance(account->type, totals);
        const auto available = available_balance(account->type, totals);
        const bool is_right = agrees(expected.posted, posted) &&
                              agrees(expected.available, available) &&
                              agrees(expected.debits, totals.posted_debits) &&
                              agrees(expected.credits, totals.posted_credits) &&
                              agrees(expected.held_debits, totals.held_debits) &&
                              agrees(expected.held_credits, totals.held_credits) &&
                              agrees(expected.version, account->version);
        if (is_right) return "";
        return "got: posted " + to_string(posted) + " available " + to_string(available) +
               " debits " + to_string(totals.posted_debits) + " credits " +
               to_string(totals.posted_credits) + " held_debits " + to_string(totals.held_debits) +
               " held_credits " + to_string(totals.held_credits) + " version " +
               std::to_string(account->version);
    }

    std::string check(const CheckHead& expected) {
        const Seq head = ledger_.head();
        return head == expected.head ? "" : "got: head " + std::to_string(head.value());
    }

    std::string check(const CheckTrialBalance& /*expected*/) {
        // Sums may wrap; equal sums stay equal.
        std::map<std::string, Uint128> net;
        for (const auto& [code, asset] : opened_) {
            const auto account = ledger_.account(code);
            if (!account) return "the account " + code + " is gone";
            net[asset] += account->totals.posted_debits.minor_units();
            net[asset] -= account->totals.posted_credits.minor_units();
        }
        for (const auto& [asset, sum] : net) {
            if (sum != 0) return "debits and credits of " + asset + " differ";
        }
        return "";
    }

    std::set<std::uint16_t> codes_seen;

private:
    bool resolve(const std::string& code, AccountNumber& number) {
        if (code.empty()) return true;
        const auto account = ledger_.account(code);
        if (account) number = account->number;
        return account.has_value();
    }

    std::string check_dry_run(const schema::Receipt& receipt, Seq head_before) {
        if (ledger_.head() != head_before) return "a dry run moved the head";
        if (!is_decided(receipt) || receipt.is_replay) return "";
        if (!receipt.is_dry_run) return "the receipt is not marked as a dry run";
        return receipt.seq == head_before ? "" : "a dry run names the head it was tried at";
    }

    void note_opening(const Command& command, const schema::Receipt& receipt) {
        if (receipt.verdict != Verdict::accepted || receipt.is_replay) return;
        const auto note = [&](const auto& stated) {
            if constexpr (requires { stated.type; })
                opened_.emplace_back(stated.code, stated.asset);
        };
        std::visit(note, command);
        const auto* atomic = std::get_if<Atomic>(&command);
        for (std::size_t i = 0; atomic != nullptr && i < atomic->members.size(); ++i)
            std::visit(note, atomic->members[i]);
    }

    std::string check_against_first(const Id128& key, const schema::Receipt& receipt) {
        if (!is_decided(receipt)) return "";
        const auto [first, is_first] = first_.try_emplace(key, receipt);
        if (is_first) return receipt.is_replay ? "a replay of what was never answered" : "";
        return are_same_but_for_flag(first->second, receipt) ? "" : "not the first receipt again";
    }

    Ledger& ledger_;
    std::map<Id128, schema::Receipt> first_;
    std::vector<std::pair<std::string, std::string>> opened_;  // code and asset
};

}  // namespace

RunResult run(const Scenario& scenario, Ledger& ledger) {
    Run run{ledger};
    for (const auto& step : scenario.steps) {
        const auto wrong = std::visit([&](const auto& what) { return run.check(what); }, step.what);
        if (!wrong.empty()) {
            return {
                scenario.name + ":" + std::to_string(step.line) + ": " + step.text + "\n  " + wrong,
                std::move(run.codes_seen)};
        }
        ledger.after_line();
    }
    return {std::nullopt, std::move(run.codes_seen)};
}

}  // namespace daybook::scenarios
