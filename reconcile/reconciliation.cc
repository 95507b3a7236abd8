#include "reconcile/reconciliation.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/check.h"

namespace daybook::reconcile {

namespace {

using std::chrono::days;

// What the period leaves of a party's lines on each side of it is only counted, but for what is
// near enough to explain a line of the period.
std::vector<Line> take_near(std::vector<Line>& lines, const Period& period, const Period& near,
                            ControlTotals& totals) {
    std::vector<Line> kept;
    for (auto& line : lines) {
        const Zone zone = zone_of(period, line.day);
        if (zone == Zone::before) totals.before.add(line.amount);
        if (zone == Zone::after) totals.after.add(line.amount);
        if (zone == Zone::within) {
            (line.amount > SignedAmount{} ? totals.increases : totals.decreases).add(line.amount);
        }
        if (near.has(line.day)) kept.push_back(std::move(line));
    }
    return kept;
}

void close(ControlTotals& totals, Int128 start) {
    const Int128 opening = start + totals.before.amount;
    totals.opening = SignedAmount{opening};
    totals.closing = SignedAmount{opening + totals.increases.amount + totals.decreases.amount};
}

std::uint64_t count_equal(const std::vector<Line>& lines, const Period& period) {
    using Key = std::tuple<Day, SignedAmount, std::string_view>;
    std::map<Key, std::uint64_t> counts;
    for (const auto& line : lines) {
        if (period.has(line.day)) ++counts[{line.day, line.amount, line.reference}];
    }
    std::uint64_t equal = 0;
    for (const auto& [key, count] : counts)
        equal += count > 1 ? count : 0;
    return equal;
}

std::vector<Match> match_all(Reconciliation& result) {
    OpenLines open{result.ledger.lines, result.statement.statement.lines, result.period};
    const Rules& rules = result.rules;
    match_exactly(open);
    match_reversals(open);
    for (const auto& rule : rules.rules) {
        if (rule.many) {
            match_groups(open, rule, result.searches);
        } else {
            match_by_rule(open, rule);
        }
    }
    match_groups_of_a_reference(open);
    match_groups_of_a_day(open, rules.group_same_day, result.searches);
    find_other_days_by_reference(open);
    find_other_sides_by_reference(open);
    find_duplicates(open);
    find_other_amounts(open);
    find_timing(open, rules.timing_days);
    find_other_sides(open);
    find_other_days(open, rules.date_days);
    settle_rest(open, {day_of(result.ledger.cut_stamp),
                       std::max(result.statement.statement.last, result.period.to - days{1}),
                       rules.timing_days});
    return open.release();
}

// By bucket; inside by the first day, the ledger's lines before the statement's.
void put_in_order(std::vector<Match>& matches, const Reconciliation& result) {
    constexpr auto kNone = std::numeric_limits<LineIndex>::max();
    const auto key = [&](const Match& match) {
        const bool has_ledger = !match.ledger.empty();
        const Day day = has_ledger ? result.ledger.lines[match.ledger.front()].day
                                   : result.statement.statement.lines[match.statement.front()].day;
        return std::tuple{match.bucket, day, has_ledger ? match.ledger.front() : kNone,
                          match.statement.empty() ? kNone : match.statement.front()};
    };
    std::ranges::sort(matches, {}, key);
}

void sum_up(Reconciliation& result) {
    const auto& ledger = result.ledger.lines;
    const auto& statement = result.statement.statement.lines;
    for (const auto& match : result.matches) {
        auto& bucket = result.buckets[static_cast<std::size_t>(match.bucket)];
        ++bucket.matches;
        for (const auto index : match.ledger) {
            const bool is_within = result.period.has(ledger[index].day);
            if (is_within) bucket.ledger.add(ledger[index].amount);
            if (zone_of(result.period, ledger[index].day) == Zone::before)
                result.opening_cleared += ledger[index].amount.minor_units();
        }
        for (const auto index : match.statement) {
            const bool is_within = result.period.has(statement[index].day);
            if (is_within) bucket.statement.add(statement[index].amount);
            if (zone_of(result.period, statement[index].day) == Zone::before)
                result.opening_cleared -= statement[index].amount.minor_units();
        }
    }
}

// Every line of the period is in exactly one bucket, and the buckets explain the closing balances.
void check_sums(const Reconciliation& result) {
    Sum ledger;
    Sum statement;
    Int128 difference = result.opening_difference();
    for (const auto& bucket : result.buckets) {
        ledger.count += bucket.ledger.count;
        ledger.amount += bucket.ledger.amount;
        statement.count += bucket.statement.count;
        statement.amount += bucket.statement.amount;
        difference += bucket.difference();
    }
    const auto total = [](const ControlTotals& totals) {
        return Sum{totals.increases.count + totals.decreases.count,
                   totals.increases.amount + totals.decreases.amount};
    };
    CHECK_INVARIANT(ledger == total(result.ledger_totals), "the buckets hold the ledger's lines");
    CHECK_INVARIANT(statement == total(result.statement_totals),
                    "the buckets hold the statement's lines");
    CHECK_INVARIANT(difference == result.ledger_totals.closing.minor_units() -
                                      result.statement_totals.closing.minor_units(),
                    "the bridge joins the closing balances");
}

void age(Reconciliation& result) {
    constexpr auto kNoEnd = std::numeric_limits<std::uint32_t>::max();
    result.ageing = {
        {0, 1, {}, {}}, {2, 7, {}, {}}, {8, 30, {}, {}}, {31, 90, {}, {}}, {91, kNoEnd, {}, {}}};
    const auto add = [&](const Line& line, bool is_ledger) {
        if (!result.period.has(line.day)) return;
        const auto old = (result.period.to - days{1} - line.day).count();
        for (auto& band : result.ageing) {
            if (old < band.from || old > band.to) continue;
            (is_ledger ? band.ledger : band.statement).add(line.amount);
        }
    };
    for (const auto& match : result.matches) {
        if (!result.is_open(match)) continue;
        for (const auto index : match.ledger)
            add(result.ledger.lines[index], true);
        for (const auto index : match.statement)
            add(result.statement.statement.lines[index], false);
    }
}

}  // namespace

std::uint64_t Reconciliation::breaks() const {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < kBuckets; ++i)
        count += is_break(static_cast<Bucket>(i)) ? buckets[i].matches : 0;
    return count;
}

bool Reconciliation::is_open(const Match& match) const {
    if (match.bucket != Bucket::timing) return is_break(match.bucket);
    // What came before the period has been cleared in it.
    const auto is_before = [&](const std::vector<Line>& lines) {
        return [&](LineIndex index) { return zone_of(period, lines[index].day) == Zone::before; };
    };
    return std::ranges::none_of(match.ledger, is_before(ledger.lines)) &&
           std::ranges::none_of(match.statement, is_before(statement.statement.lines));
}

bool Reconciliation::is_clean() const {
    return breaks() == 0 && opening_open() == 0;
}

Period near_of(const Period& period, const Rules& rules) {
    const days timing{rules.timing_days};
    return {period.from - timing, period.to + timing};
}

Result<void> add_line(LedgerSide& side, Line line, const Period& near) {
    const Int128 units = line.amount.minor_units();
    if (units > kLineAmountMax || units < -kLineAmountMax) {
        return fail(ErrorCode::bad_input, "seq " + std::to_string(line.at.seq().value()) +
                                              " is too large to be added up");
    }
    const Zone zone = zone_of(near, line.day);
    if (zone != Zone::within) {
        (zone == Zone::before ? side.before : side.after).add(line.amount);
        return {};
    }
    if (side.lines.size() == kLinesMax) {
        return fail(ErrorCode::bad_input, "the account has more than " + std::to_string(kLinesMax) +
                                              " lines in the period; split it");
    }
    side.lines.push_back(std::move(line));
    return {};
}

Reconciliation reconcile(LedgerSide ledger, StatementSide statement, Rules rules,
                         const Period& period) {
    Reconciliation result{.ledger = std::move(ledger),
                          .statement = std::move(statement),
                          .rules = std::move(rules),
                          .period = period,
                          .ledger_totals = {},
                          .statement_totals = {},
                          .matches = {},
                          .buckets = {},
                          .ageing = {},
                          .searches = {}};
    auto& ours = result.ledger.lines;
    auto& theirs = result.statement.statement.lines;
    const Period near = near_of(period, result.rules);
    result.ledger_totals.before = result.ledger.before;
    result.ledger_totals.after = result.ledger.after;
    ours = take_near(ours, period, near, result.ledger_totals);
    theirs = take_near(theirs, period, near, result.statement_totals);
    close(result.ledger_totals, 0);
    close(result.statement_totals, result.statement.statement.opening.minor_units());
    std::ranges::sort(ours, {}, [](const Line& line) { return std::tuple{line.day, line.at}; });
    std::ranges::sort(theirs, {},
                      [](const Line& line) { return std::tuple{line.day, line.number}; });
    result.ledger_totals.equal_lines = count_equal(ours, period);
    result.statement_totals.equal_lines = count_equal(theirs, period);
    result.matches = match_all(result);
    put_in_order(result.matches, result);
    sum_up(result);
    check_sums(result);
    age(result);
    return result;
}

}  // namespace daybook::reconcile
