// The passes of the matching, in their order: each takes out of the open lines what it is sure of.
// All are deterministic: days, then amounts, then the parties' own order decide between equals.
#pragma once

#include <cstdint>
#include <functional>

#include "reconcile/open_lines.h"
#include "reconcile/rules.h"

namespace daybook::reconcile {

// Searches for groups that found none for sure.
struct GroupSearches {
    std::uint64_t ambiguous = 0;  // more than one set of lines adds up
    std::uint64_t given_up = 0;   // too many lines to try all of them
};

// Same day, amount and reference; then same day and amount where one of the two states no
// reference. Also those around the period, which then explain nothing else.
void match_exactly(OpenLines& open);

// An entry of the ledger and the reversals that took all of it back: matched by rule, without a
// line of the statement.
void match_reversals(OpenLines& open);

// Pairs of lines within the rule's tolerances, nearest days first.
void match_by_rule(OpenLines& open, const Rule& rule);
// A line and the several that add up to it, if only one set does.
void match_groups(OpenLines& open, const Rule& rule, GroupSearches& searches);
// The same for the lines of one day and side, as far as the rules trust them to be a group.
void match_groups_of_a_day(OpenLines& open, DayGroups groups, GroupSearches& searches);

// By the reference they share: several that add up to one; then one on another day; then one with
// the other side.
void match_groups_of_a_reference(OpenLines& open);
void find_other_days_by_reference(OpenLines& open);
void find_other_sides_by_reference(OpenLines& open);
void find_other_amounts(OpenLines& open);

// Lines that are equal to one of their own party which has found its counterpart.
void find_duplicates(OpenLines& open);
// Across the start or the end of the period.
void find_timing(OpenLines& open, std::uint32_t timing_days);
// Without a reference in common.
void find_other_days(OpenLines& open, std::uint32_t date_days);
void find_other_sides(OpenLines& open);

// What is left. `ledger_last` and `statement_last` are the days up to which each party tells.
struct Horizon {
    Day ledger_last;
    Day statement_last;
    std::uint32_t timing_days = 0;
};
void settle_rest(OpenLines& open, const Horizon& horizon);

// 0, 1, -1, 2, -2 … `most`, -`most`, until `visit` returns false.
void for_each_distance(std::uint32_t most, const std::function<bool(int)>& visit);

}  // namespace daybook::reconcile
