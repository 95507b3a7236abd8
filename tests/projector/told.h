// Told: every account's touches as they were decided, in a plain list: what any reading of the
// journal must come to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "journal/reader.h"
#include "ledger/form.h"
#include "projector/past.h"
#include "tests/oracle/random_commands.h"
#include "tests/projector/support.h"

namespace daybook::projector::test {

class Told {
public:
    struct Step {
        TouchPointer at;
        Stamp stamp;
        Touch touch;
    };

    void note(Seq seq, Stamp stamp, const Decision& decision) {
        if (!decision.is_accepted()) return;
        for (std::uint16_t i = 0; i < decision.touches.size(); ++i) {
            const Touch& touch = decision.touches.at(i);
            steps_[touch.account.value()].push_back({{seq, i}, stamp, touch});
        }
    }

    // Oldest first.
    const std::vector<Step>& steps(AccountNumber account) { return steps_[account.value()]; }
    // Naively: the last step up to `seq`.
    Balance balance_at(AccountNumber account, Seq seq) {
        Balance balance;
        for (const Step& step : steps(account)) {
            if (step.at.seq() > seq) break;
            balance = {step.touch.after, step.touch.version, step.at};
        }
        return balance;
    }

private:
    std::map<std::uint64_t, std::vector<Step>> steps_;
};

// A journal of random commands of every kind, with holds that expire.
class RandomLedger {
public:
    RandomLedger(const Place& place, std::uint64_t seed) : ledger_{place.journal()}, random_{seed} {
        for (const auto& command : random_.opening())
            submit(command);
        ledger_.commit();
    }

    void run(std::size_t commands) {
        for (std::size_t sent = 0; sent < commands;) {
            if (random_.chance(30)) ledger_.pass(std::chrono::seconds{random_.below(500)});
            while (const auto due = ledger_.book().holds().due_at(ledger_.stamp()))
                submit(ExpireHold{*due});
            for (auto count = 1 + random_.below(6); count > 0; --count, ++sent)
                submit(well_formed());
            ledger_.commit();
        }
    }

    Ledger& ledger() { return ledger_; }
    Told& told() { return told_; }
    // Every account as record `seq` left it, as text_of(View) has it.
    const std::string& book_at(Seq seq) const { return books_.at(seq.value() - 1); }

private:
    Command well_formed() {
        for (;;) {
            auto command = random_.next(ledger_.stamp());
            if (check_form(command) == Malformation::none) return command;
        }
    }
    void submit(const Command& command) {
        const Seq seq = ledger_.submit(command);
        books_.push_back(text_of(ledger_.book()));
        told_.note(seq, ledger_.stamp(), ledger_.decision());
        if (kind_of(command) == CommandKind::expire_hold) return;
        random_.note(command, ledger_.decision().is_accepted(), seq);
    }

    Ledger ledger_;
    oracle::RandomCommands random_;
    Told told_;
    std::vector<std::string> books_;
};

// A view, and the past behind it.
struct OpenPast {
    OpenPast(const Place& place, const Ledger& ledger)
        : view{project(place, ledger)},
          journal{must(journal::Snapshot::open(ledger.environment()))} {}

    Past past() { return must(Past::open(view, journal)); }

    View view;
    journal::Snapshot journal;
};

inline bool is_equal(const Balance& one, const Balance& other) {
    return one.totals == other.totals && one.version == other.version && one.last == other.last;
}

}  // namespace daybook::projector::test
