// Passes over lines that share a reference, and over those equal to one of their own party.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "reconcile/passes.h"

namespace daybook::reconcile {

namespace {

struct Sharing {
    std::vector<LineIndex> ledger;
    std::vector<LineIndex> statement;
};

// What is open of the period under each reference that both parties have.
std::map<std::string_view, Sharing> by_reference(const OpenLines& open) {
    std::map<std::string_view, Sharing> found;
    for (const auto index : open.within(Party::ledger)) {
        const auto& reference = open.line(Party::ledger, index).reference;
        if (!reference.empty()) found[reference].ledger.push_back(index);
    }
    for (const auto index : open.within(Party::statement)) {
        const auto at = found.find(open.line(Party::statement, index).reference);
        if (at != found.end()) at->second.statement.push_back(index);
    }
    std::erase_if(found, [](const auto& one) { return one.second.statement.empty(); });
    return found;
}

Int128 sum_of(const OpenLines& open, Party party, const std::vector<LineIndex>& lines) {
    Int128 sum = 0;
    for (const auto index : lines)
        sum += open.line(party, index).amount.minor_units();
    return sum;
}

// Pairs lines of each reference whose amounts are the same after `sign`, earliest first.
void pair_by_reference(OpenLines& open, Int128 sign, Bucket bucket) {
    for (const auto& [reference, sharing] : by_reference(open)) {
        std::multimap<Int128, LineIndex> waiting;
        for (const auto index : sharing.statement)
            waiting.emplace(open.line(Party::statement, index).amount.minor_units(), index);
        for (const auto index : sharing.ledger) {
            const auto found =
                waiting.lower_bound(sign * open.line(Party::ledger, index).amount.minor_units());
            const bool is_it =
                found != waiting.end() &&
                found->first == sign * open.line(Party::ledger, index).amount.minor_units();
            if (!is_it) continue;
            open.take_pair(bucket, index, found->second, "reference");
            waiting.erase(found);
        }
    }
}

}  // namespace

void match_groups_of_a_reference(OpenLines& open) {
    for (auto& [reference, sharing] : by_reference(open)) {
        const bool is_one_to_many = (sharing.ledger.size() == 1) != (sharing.statement.size() == 1);
        if (!is_one_to_many || sum_of(open, Party::ledger, sharing.ledger) !=
                                   sum_of(open, Party::statement, sharing.statement)) {
            continue;
        }
        open.take({Bucket::grouped, sharing.ledger, sharing.statement, "reference"});
    }
}

void find_other_days_by_reference(OpenLines& open) {
    pair_by_reference(open, 1, Bucket::date_differs);
}

void find_other_sides_by_reference(OpenLines& open) {
    pair_by_reference(open, -1, Bucket::side_differs);
}

void find_other_amounts(OpenLines& open) {
    for (auto& [reference, sharing] : by_reference(open)) {
        // Which of several belongs to which of several nobody can tell.
        if (sharing.ledger.size() > 1 && sharing.statement.size() > 1) continue;
        open.take({Bucket::amount_differs, sharing.ledger, sharing.statement, "reference"});
    }
}

void find_duplicates(OpenLines& open) {
    using Key = std::tuple<Day, SignedAmount, std::string_view>;
    for (const auto party : {Party::ledger, Party::statement}) {
        const auto key_of = [&](LineIndex index) {
            const Line& line = open.line(party, index);
            return Key{line.day, line.amount, line.reference};
        };
        std::set<Key> found;
        for (const auto& match : open.matches()) {
            if (match.ledger.empty() || match.statement.empty()) continue;
            for (const auto index : party == Party::ledger ? match.ledger : match.statement)
                found.insert(key_of(index));
        }
        for (const auto index : open.within(party)) {
            if (!found.contains(key_of(index))) continue;
            open.take_one(Bucket::duplicate, party, index);
        }
    }
}

void settle_rest(OpenLines& open, const Horizon& horizon) {
    const std::chrono::days patience{horizon.timing_days};
    for (const auto party : {Party::ledger, Party::statement}) {
        const Day other_last =
            party == Party::ledger ? horizon.statement_last : horizon.ledger_last;
        for (const auto index : open.within(party)) {
            // Expected as long as the other party has not told of the last day it may come on, and
            // of the period's end only.
            const Day due = open.line(party, index).day + patience;
            const bool is_expected = due >= open.period().to && due > other_last;
            const Bucket missing =
                party == Party::ledger ? Bucket::missing_in_statement : Bucket::missing_in_ledger;
            open.take_one(is_expected ? Bucket::timing : missing, party, index);
        }
    }
}

}  // namespace daybook::reconcile
