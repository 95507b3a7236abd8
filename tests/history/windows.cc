#include <algorithm>

#include "tests/history/judges.h"
#include "tests/history/model.h"
#include "tests/history/search.h"

namespace daybook::history {

namespace {

// What ends a hold follows what takes parts of it: the sum of what was done is the same in any
// order, but these steps say how much only by what was left.
int order_of(Kind kind) {
    switch (kind) {
        case Kind::place:
        case Kind::transfer:
        case Kind::take:
        case Kind::entry:
            return 0;
        case Kind::capture:
            return 1;
        case Kind::capture_finally:
        case Kind::release:
            return 2;
        case Kind::reverse:
        case Kind::reverse_part:
            break;
    }
    return 3;
}

void take_over(Bank& bank, std::vector<const Deed*> deeds, Findings& findings) {
    std::ranges::stable_sort(deeds, {}, [](const Deed* deed) { return order_of(deed->call.kind); });
    for (const Deed* deed : deeds) {
        if (deed->reply.verdict != 1) continue;
        const Answer answer = bank.effect(deed->call, deed->reply.taken);
        if (answer.code != 0) {
            findings.add("a " + describe(deed->call) + " cannot have been accepted");
            continue;
        }
        bank.apply(deed->call, answer, deed->seq);
    }
}

}  // namespace

Searched judge_windows(const History& history, const std::vector<Deed>& deeds, Findings& findings,
                       Until until) {
    std::vector<std::vector<const Deed*>> by_round(history.is_window.size());
    for (const auto& deed : deeds)
        by_round[deed.round].push_back(&deed);
    std::vector<std::vector<const Seen*>> reads(history.is_window.size());
    for (const auto& seen : history.reads)
        reads[seen.round].push_back(&seen);

    Searched searched;
    Bank bank{history.accounts};
    for (std::size_t round = 0; round < by_round.size(); ++round) {
        if (!history.is_window[round]) {
            take_over(bank, by_round[round], findings);
            continue;
        }
        std::vector<Step> steps;
        for (const Deed* deed : by_round[round])
            steps.push_back({deed, nullptr, deed->begun, deed->known});
        for (const Seen* seen : reads[round])
            steps.push_back({nullptr, seen, seen->read.asked, seen->read.answered});
        ++searched.windows;
        if (steps.size() > kWidest) {
            ++searched.undecided;
            take_over(bank, by_round[round], findings);
            continue;
        }
        Search search{bank, std::move(steps)};
        const auto explained = search.run();
        searched.most_steps = std::max(searched.most_steps, search.tried());
        if (explained == Explained::yes) continue;
        if (explained == Explained::unknown)
            ++searched.undecided;
        else
            findings.add("no order explains what was told in round " + std::to_string(round));
        if (until == Until::first_finding) break;
        take_over(bank, by_round[round], findings);
    }
    return searched;
}

}  // namespace daybook::history
