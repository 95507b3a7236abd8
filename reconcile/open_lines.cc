#include "reconcile/open_lines.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace daybook::reconcile {

std::string_view name_of(Bucket bucket) {
    switch (bucket) {
        case Bucket::matched_exactly:
            return "matched_exactly";
        case Bucket::matched_by_rule:
            return "matched_by_rule";
        case Bucket::grouped:
            return "grouped";
        case Bucket::timing:
            return "timing";
        case Bucket::amount_differs:
            return "amount_differs";
        case Bucket::date_differs:
            return "date_differs";
        case Bucket::side_differs:
            return "side_differs";
        case Bucket::duplicate:
            return "duplicate";
        case Bucket::missing_in_ledger:
            return "missing_in_ledger";
        case Bucket::missing_in_statement:
            return "missing_in_statement";
    }
    return "unknown";
}

OpenLines::OpenLines(const std::vector<Line>& ledger, const std::vector<Line>& statement,
                     const Period& period)
    : ledger_{ledger},
      statement_{statement},
      period_{period},
      ledger_taken_(ledger.size()),
      statement_taken_(statement.size()) {
    CHECK_INVARIANT(std::ranges::is_sorted(ledger, {}, &Line::day) &&
                        std::ranges::is_sorted(statement, {}, &Line::day),
                    "lines are in the order of days");
}

std::vector<LineIndex> OpenLines::within(Party party) const {
    std::vector<LineIndex> found;
    for (LineIndex i = 0; i < lines(party).size(); ++i) {
        if (is_open(party, i) && zone(party, i) == Zone::within) found.push_back(i);
    }
    return found;
}

std::vector<LineIndex> OpenLines::around(Party party) const {
    std::vector<LineIndex> found;
    for (LineIndex i = 0; i < lines(party).size(); ++i) {
        if (is_open(party, i) && zone(party, i) != Zone::within) found.push_back(i);
    }
    return found;
}

bool OpenLines::mark_taken(Party party, const std::vector<LineIndex>& indexes) {
    auto& taken = party == Party::ledger ? ledger_taken_ : statement_taken_;
    bool is_of_period = false;
    for (const auto index : indexes) {
        CHECK_INVARIANT(!taken[index], "a line is in one bucket only");
        taken[index] = true;
        is_of_period = is_of_period || zone(party, index) == Zone::within;
    }
    return is_of_period;
}

void OpenLines::take(Match match) {
    const bool has_ledger = mark_taken(Party::ledger, match.ledger);
    const bool has_statement = mark_taken(Party::statement, match.statement);
    if (has_ledger || has_statement) matches_.push_back(std::move(match));
}

void OpenLines::take_one(Bucket bucket, Party party, LineIndex index) {
    const std::vector one{index};
    const std::vector<LineIndex> none;
    const bool is_ledger = party == Party::ledger;
    take({bucket, is_ledger ? one : none, is_ledger ? none : one});
}

bool agree(const Line& ledger, const Line& statement, ReferenceRule rule) {
    // Shorter ones are in any text.
    constexpr std::size_t kTellingBytes = 4;
    switch (rule) {
        case ReferenceRule::compatible:
            return ledger.reference.empty() || statement.reference.empty() ||
                   ledger.reference == statement.reference;
        case ReferenceRule::equal:
            return !ledger.reference.empty() && ledger.reference == statement.reference;
        case ReferenceRule::ignored:
            return true;
        case ReferenceRule::in_description:
            return ledger.reference.size() >= kTellingBytes &&
                   statement.description.find(ledger.reference) != std::string::npos;
    }
    return false;
}

}  // namespace daybook::reconcile
