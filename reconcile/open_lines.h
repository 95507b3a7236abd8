// OpenLines: the lines of both parties on their way into the buckets: which are in none yet. Each
// pass of the matching takes some out; none can be taken twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconcile/line.h"
#include "reconcile/rules.h"

namespace daybook::reconcile {

// In the order of the report.
enum class Bucket : std::uint8_t {
    matched_exactly,
    matched_by_rule,
    grouped,
    timing,
    amount_differs,
    date_differs,
    side_differs,
    duplicate,
    missing_in_ledger,
    missing_in_statement,
};
inline constexpr std::size_t kBuckets = 10;

std::string_view name_of(Bucket bucket);
// What somebody must look at: neither matched nor expected.
constexpr bool is_break(Bucket bucket) {
    return bucket > Bucket::timing;
}

using LineIndex = std::uint32_t;

struct Match {
    Bucket bucket;
    std::vector<LineIndex> ledger;
    std::vector<LineIndex> statement;
    // What joined them: the name of a rule, or one of the built-in ways; empty where nothing did.
    std::string by = {};
};

enum class Zone : std::uint8_t { before, within, after };

constexpr Zone zone_of(const Period& period, Day day) {
    if (day < period.from) return Zone::before;
    return day < period.to ? Zone::within : Zone::after;
}

class OpenLines {
public:
    // Both are in the order of days. They and the period must outlive it.
    OpenLines(const std::vector<Line>& ledger, const std::vector<Line>& statement,
              const Period& period);

    const Period& period() const { return period_; }
    const std::vector<Line>& lines(Party party) const {
        return party == Party::ledger ? ledger_ : statement_;
    }
    const Line& line(Party party, LineIndex index) const { return lines(party)[index]; }
    Zone zone(Party party, LineIndex index) const {
        return zone_of(period_, line(party, index).day);
    }
    bool is_open(Party party, LineIndex index) const { return !taken(party)[index]; }
    // Those of the period, or those around it, in their order.
    std::vector<LineIndex> within(Party party) const;
    std::vector<LineIndex> around(Party party) const;

    // All must be open (checked). A match without a line of the period is none of the report's: its
    // lines are only taken out.
    void take(Match match);
    void take_pair(Bucket bucket, LineIndex ledger, LineIndex statement, std::string_view by = {}) {
        take({bucket, {ledger}, {statement}, std::string{by}});
    }
    // A line that has no counterpart.
    void take_one(Bucket bucket, Party party, LineIndex index);

    const std::vector<Match>& matches() const { return matches_; }
    std::vector<Match> release() { return std::move(matches_); }

private:
    // True when one of them is of the period.
    bool mark_taken(Party party, const std::vector<LineIndex>& indexes);
    const std::vector<bool>& taken(Party party) const {
        return party == Party::ledger ? ledger_taken_ : statement_taken_;
    }

    const std::vector<Line>& ledger_;
    const std::vector<Line>& statement_;
    const Period& period_;
    std::vector<bool> ledger_taken_;
    std::vector<bool> statement_taken_;
    std::vector<Match> matches_;
};

// Whether two lines can be the same by what they state of themselves.
bool agree(const Line& ledger, const Line& statement, ReferenceRule rule);

}  // namespace daybook::reconcile
