// Passes that find the several lines which add up to one.
#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "reconcile/passes.h"

namespace daybook::reconcile {

namespace {

using std::chrono::days;

// More lines than this, or more steps, and the search is given up.
constexpr std::size_t kSearchedMax = 64;
constexpr std::uint64_t kStepsMax = 200'000;
// Where no rule says which lines may belong together, chance must not either.
constexpr std::size_t kSearchedOfADayMax = 12;
constexpr std::uint32_t kLinesOfADayMax = 6;
constexpr std::string_view kSameDay = "same day";

// All sets of 2 to `lines_max` amounts with the sum `target`: none, one or several. Of equal
// amounts the first ones are taken.
class SumSearch {
public:
    SumSearch(std::vector<std::pair<Int128, LineIndex>> amounts, Int128 target,
              std::size_t lines_max)
        : amounts_{std::move(amounts)}, target_{target}, lines_max_{lines_max} {
        std::ranges::sort(amounts_);
        highest_.assign(amounts_.size() + 1, 0);
        lowest_.assign(amounts_.size() + 1, 0);
        for (std::size_t i = amounts_.size(); i-- > 0;) {
            highest_[i] = highest_[i + 1] + std::max<Int128>(amounts_[i].first, 0);
            lowest_[i] = lowest_[i + 1] + std::min<Int128>(amounts_[i].first, 0);
        }
        descend(0, 0);
    }

    bool is_given_up() const { return steps_ > kStepsMax; }
    bool is_ambiguous() const { return found_ > 1; }
    // Empty unless there is exactly one.
    std::vector<LineIndex> lines() const {
        return found_ == 1 && !is_given_up() ? first_ : std::vector<LineIndex>{};
    }

private:
    void descend(std::size_t from, Int128 sum) {
        if (found_ > 1 || ++steps_ > kStepsMax) return;
        if (sum == target_ && chosen_.size() >= 2 && ++found_ == 1) first_ = chosen_;
        if (chosen_.size() == lines_max_) return;
        for (std::size_t i = from; i < amounts_.size(); ++i) {
            if (i > from && amounts_[i].first == amounts_[i - 1].first) continue;
            const Int128 missing = target_ - sum;
            if (missing > highest_[i] || missing < lowest_[i]) continue;
            chosen_.push_back(amounts_[i].second);
            descend(i + 1, sum + amounts_[i].first);
            chosen_.pop_back();
        }
    }

    std::vector<std::pair<Int128, LineIndex>> amounts_;
    Int128 target_;
    std::size_t lines_max_;
    std::vector<Int128> highest_;  // that those from here on can add
    std::vector<Int128> lowest_;
    std::vector<LineIndex> chosen_;
    std::vector<LineIndex> first_;
    std::uint64_t found_ = 0;
    std::uint64_t steps_ = 0;
};

// Candidates of one party, by day and reference.
using ByReference = std::map<std::string_view, std::vector<LineIndex>>;
using ByDay = std::map<Day, ByReference>;

Int128 sum_of(const OpenLines& open, Party party, const std::vector<LineIndex>& lines) {
    Int128 sum = 0;
    for (const auto index : lines)
        sum += open.line(party, index).amount.minor_units();
    return sum;
}

void take_group(OpenLines& open, Party many, std::vector<LineIndex> lines, LineIndex one,
                std::string_view by) {
    std::ranges::sort(lines);
    Match match{Bucket::grouped, {}, {}, std::string{by}};
    (many == Party::ledger ? match.ledger : match.statement) = std::move(lines);
    (many == Party::ledger ? match.statement : match.ledger) = {one};
    open.take(std::move(match));
}

class GroupPass {
public:
    GroupPass(OpenLines& open, const Rule& rule, GroupSearches& searches)
        : open_{open}, rule_{rule}, many_{*rule.many}, searches_{searches} {
        for (const auto index : open.within(many_)) {
            if (filter(many_).takes(open.line(many_, index))) siblings(index).push_back(index);
        }
    }

    // `is_of_a_day`: without a rule of the user's, so only where the lines are few and all of the
    // target's side.
    void run(bool is_of_a_day, std::string_view by) {
        for (const auto target : open_.within(other(many_))) {
            const Line& line = open_.line(other(many_), target);
            if (!filter(other(many_)).takes(line)) continue;
            auto lines = is_of_a_day ? std::vector<LineIndex>{} : whole_day(line);
            if (lines.empty()) lines = search(line, is_of_a_day);
            if (lines.empty()) continue;
            for (const auto index : lines)
                std::erase(siblings(index), index);
            take_group(open_, many_, std::move(lines), target, by);
        }
    }

private:
    const LineFilter& filter(Party party) const {
        return party == Party::ledger ? rule_.ledger : rule_.statement;
    }
    bool suits(const Line& target, LineIndex candidate) const {
        const Line& line = open_.line(many_, candidate);
        return many_ == Party::ledger ? agree(line, target, rule_.reference)
                                      : agree(target, line, rule_.reference);
    }
    // Those that it lies with.
    std::vector<LineIndex>& siblings(LineIndex index) {
        const Line& line = open_.line(many_, index);
        return candidates_[line.day][line.reference];
    }
    // The candidates of a day that agree with the target, until `take` returns false.
    template <typename Take>
    void visit(const Line& target, Day day, const Take& take) const {
        const auto at = candidates_.find(day);
        if (at == candidates_.end()) return;
        const auto visit_lines = [&](const std::vector<LineIndex>& lines) {
            return std::ranges::all_of(
                lines, [&](LineIndex index) { return !suits(target, index) || take(index); });
        };
        const bool needs_all = rule_.reference == ReferenceRule::ignored ||
                               rule_.reference == ReferenceRule::in_description ||
                               target.reference.empty();
        if (needs_all) {
            std::ranges::all_of(at->second, visit_lines, &ByReference::value_type::second);
            return;
        }
        // With a reference only those that have none, or the same.
        for (const std::string_view reference :
             {std::string_view{}, std::string_view{target.reference}}) {
            const auto found = at->second.find(reference);
            if (found != at->second.end() && !visit_lines(found->second)) return;
        }
    }
    std::vector<LineIndex> of_day(const Line& target, Day day) const {
        std::vector<LineIndex> found;
        visit(target, day, [&](LineIndex index) {
            found.push_back(index);
            return true;
        });
        return found;
    }
    // Everything of one day: a settlement.
    std::vector<LineIndex> whole_day(const Line& target) const {
        std::vector<LineIndex> found;
        for_each_distance(rule_.days, [&](int distance) {
            found = of_day(target, target.day + days{distance});
            const bool is_it =
                found.size() >= 2 && sum_of(open_, many_, found) == target.amount.minor_units();
            if (!is_it) found.clear();
            return !is_it;
        });
        return found;
    }
    // Those of a day, `most` in all.
    void gather(const Line& target, Day day, bool is_same_side, std::size_t most,
                std::vector<std::pair<Int128, LineIndex>>& amounts) const {
        const bool increases = target.amount > SignedAmount{};
        visit(target, day, [&](LineIndex index) {
            const auto amount = open_.line(many_, index).amount;
            if (!is_same_side || (amount > SignedAmount{}) == increases)
                amounts.emplace_back(amount.minor_units(), index);
            return amounts.size() < most;
        });
    }
    std::vector<LineIndex> search(const Line& target, bool is_of_a_day) {
        const std::size_t most = is_of_a_day ? kSearchedOfADayMax : kSearchedMax;
        std::vector<std::pair<Int128, LineIndex>> amounts;
        for_each_distance(rule_.days, [&](int distance) {
            gather(target, target.day + days{distance}, is_of_a_day, most + 1, amounts);
            return amounts.size() <= most;
        });
        if (amounts.size() < 2) return {};
        if (amounts.size() > most) {
            ++searches_.given_up;
            return {};
        }
        const SumSearch sums{std::move(amounts), target.amount.minor_units(), rule_.lines_max};
        searches_.given_up += sums.is_given_up() ? 1U : 0U;
        searches_.ambiguous += sums.is_ambiguous() ? 1U : 0U;
        return sums.lines();
    }

    OpenLines& open_;
    const Rule& rule_;
    Party many_;
    GroupSearches& searches_;
    ByDay candidates_;
};

// By day and sum: all lines of a day and a side that state the same reference, or none and the same
// counterpart. No part of them: which part, only chance would say.
using Batches = std::multimap<std::pair<Day, Int128>, std::vector<LineIndex>>;

Batches batches_of(const OpenLines& open, Party party) {
    using Key = std::tuple<Day, bool, std::string_view, std::string_view>;
    std::map<Key, std::vector<LineIndex>> related;
    for (const auto index : open.within(party)) {
        const Line& line = open.line(party, index);
        if (line.reference.empty() && line.counterpart.empty()) continue;
        const std::string_view counterpart =
            line.reference.empty() ? std::string_view{line.counterpart} : std::string_view{};
        related[{line.day, line.amount > SignedAmount{}, line.reference, counterpart}].push_back(
            index);
    }
    Batches batches;
    for (auto& [key, lines] : related) {
        if (lines.size() < 2) continue;
        const Int128 sum = sum_of(open, party, lines);
        batches.emplace(std::pair{std::get<Day>(key), sum}, std::move(lines));
    }
    return batches;
}

void match_batches(OpenLines& open, Party many, GroupSearches& searches) {
    auto batches = batches_of(open, many);
    for (const auto target : open.within(other(many))) {
        const Line& line = open.line(other(many), target);
        const auto [begin, end] = batches.equal_range({line.day, line.amount.minor_units()});
        auto found = end;
        std::size_t count = 0;
        for (auto at = begin; at != end; ++at) {
            const Line& part = open.line(many, at->second.front());
            if (!agree(part, line, ReferenceRule::compatible)) continue;
            found = at;
            ++count;
        }
        searches.ambiguous += count > 1 ? 1U : 0U;
        if (count != 1) continue;
        take_group(open, many, std::move(found->second), target, kSameDay);
        batches.erase(found);
    }
}

}  // namespace

void match_groups(OpenLines& open, const Rule& rule, GroupSearches& searches) {
    CHECK_INVARIANT(rule.many.has_value(), "a rule for groups");
    GroupPass{open, rule, searches}.run(false, rule.name);
}

void match_groups_of_a_day(OpenLines& open, DayGroups groups, GroupSearches& searches) {
    if (groups == DayGroups::none) return;
    for (const auto many : {Party::ledger, Party::statement}) {
        match_batches(open, many, searches);
        if (groups != DayGroups::any) continue;
        const Rule rule{.name = {}, .many = many, .lines_max = kLinesOfADayMax};
        GroupPass{open, rule, searches}.run(true, kSameDay);
    }
}

}  // namespace daybook::reconcile
