// Passes that pair one line with one.
#include <algorithm>
#include <set>
#include <tuple>

#include "base/check.h"
#include "reconcile/passes.h"

namespace daybook::reconcile {

namespace {

using std::chrono::days;

// Lines of one party, to be looked up by day, amount and what a reference rule makes of their
// references.
class Shelf {
public:
    Shelf(const OpenLines& open, Party party, ReferenceRule rule)
        : open_{open}, party_{party}, rule_{rule} {}

    void add(LineIndex index) {
        named_.insert(key_of(index, true));
        all_.insert(key_of(index, false));
    }
    void remove(LineIndex index) {
        named_.erase(key_of(index, true));
        all_.erase(key_of(index, false));
    }

    // The line of `day` that agrees with `line` and whose amount is nearest to `amount`, at most
    // `within` away; of equals the one that states the same reference, then the first.
    std::optional<LineIndex> nearest(const Line& line, Day day, Int128 amount,
                                     Int128 within = 0) const {
        Best best;
        const std::string_view reference = line.reference;
        const bool is_any = rule_ == ReferenceRule::ignored ||
                            rule_ == ReferenceRule::in_description ||
                            (rule_ == ReferenceRule::compatible && reference.empty());
        if (is_any) {
            look(all_, line, {{}, day, amount, 0}, within, best);
        } else if (!reference.empty()) {
            look(named_, line, {reference, day, amount, 0}, within, best);
            if (rule_ == ReferenceRule::compatible) {
                look(named_, line, {{}, day, amount, 0}, within, best);
            }
        }
        return best.index;
    }

private:
    using Key = std::tuple<std::string_view, Day, Int128, LineIndex>;
    struct Best {
        std::optional<LineIndex> index;
        Int128 off = 0;
    };

    Key key_of(LineIndex index, bool is_named) const {
        const Line& line = open_.line(party_, index);
        return {is_named ? std::string_view{line.reference} : std::string_view{}, line.day,
                line.amount.minor_units(), index};
    }

    // What the key cannot say: only a text that names the other.
    bool suits(const Line& line, LineIndex candidate) const {
        if (rule_ != ReferenceRule::in_description) return true;
        const Line& there = open_.line(party_, candidate);
        return party_ == Party::statement ? agree(line, there, rule_) : agree(there, line, rule_);
    }

    void look(const std::set<Key>& keys, const Line& line, const Key& wanted, Int128 within,
              Best& best) const {
        const auto& [reference, day, amount, none] = wanted;
        for (auto at = keys.lower_bound(Key{reference, day, amount - within, 0}); at != keys.end();
             ++at) {
            const auto& [of_reference, of_day, units, index] = *at;
            if (of_reference != reference || of_day != day || units > amount + within) return;
            const Int128 off = units < amount ? amount - units : units - amount;
            if ((best.index && off >= best.off) || !suits(line, index)) continue;
            best = {index, off};
            if (off == 0) return;
        }
    }

    const OpenLines& open_;
    Party party_;
    ReferenceRule rule_;
    std::set<Key> named_;  // with their references
    std::set<Key> all_;
};

std::vector<LineIndex> all_open(const OpenLines& open, Party party) {
    std::vector<LineIndex> found;
    for (LineIndex i = 0; i < open.lines(party).size(); ++i) {
        if (open.is_open(party, i)) found.push_back(i);
    }
    return found;
}

// Pairs lines with equal keys in their order. `key_of` returns something that can be ordered.
template <typename KeyOf>
void pair_equals(OpenLines& open, const KeyOf& key_of) {
    auto ledger = all_open(open, Party::ledger);
    auto statement = all_open(open, Party::statement);
    const auto key = [&](Party party, LineIndex index) { return key_of(open.line(party, index)); };
    const auto sort = [&](std::vector<LineIndex>& lines, Party party) {
        std::ranges::sort(
            lines, {}, [&, party](LineIndex index) { return std::pair{key(party, index), index}; });
    };
    sort(ledger, Party::ledger);
    sort(statement, Party::statement);
    for (std::size_t i = 0, k = 0; i < ledger.size() && k < statement.size();) {
        const auto left = key(Party::ledger, ledger[i]);
        const auto right = key(Party::statement, statement[k]);
        if (left < right) {
            ++i;
        } else if (right < left) {
            ++k;
        } else {
            open.take_pair(Bucket::matched_exactly, ledger[i++], statement[k++]);
        }
    }
}

bool takes(const Rule& rule, const OpenLines& open, Party party, LineIndex index) {
    const auto& filter = party == Party::ledger ? rule.ledger : rule.statement;
    return filter.takes(open.line(party, index));
}

// Pairs lines of the period, as far apart as the rule allows, nearest first.
void pair_within(OpenLines& open, const Rule& rule, Bucket bucket, std::string_view by) {
    Shelf shelf{open, Party::statement, rule.reference};
    for (const auto index : open.within(Party::statement)) {
        if (takes(rule, open, Party::statement, index)) shelf.add(index);
    }
    auto waiting = open.within(Party::ledger);
    std::erase_if(waiting,
                  [&](LineIndex index) { return !takes(rule, open, Party::ledger, index); });
    const auto within = static_cast<Int128>(rule.amount_within.minor_units());
    for_each_distance(rule.days, [&](int distance) {
        std::erase_if(waiting, [&](LineIndex index) {
            const Line& line = open.line(Party::ledger, index);
            const auto found =
                shelf.nearest(line, line.day + days{distance}, line.amount.minor_units(), within);
            if (!found) return false;
            shelf.remove(*found);
            open.take_pair(bucket, index, *found, by);
            return true;
        });
        return !waiting.empty();
    });
}

// Pairs a party's lines of the period with the other's around it.
void pair_across(OpenLines& open, Party party, ReferenceRule rule, std::uint32_t timing_days) {
    Shelf shelf{open, other(party), rule};
    for (const auto index : open.around(other(party)))
        shelf.add(index);
    for (const auto index : open.within(party)) {
        const Line& line = open.line(party, index);
        for_each_distance(timing_days, [&](int distance) {
            const auto found =
                shelf.nearest(line, line.day + days{distance}, line.amount.minor_units());
            if (!found) return true;
            shelf.remove(*found);
            const bool is_ledger = party == Party::ledger;
            open.take_pair(Bucket::timing, is_ledger ? index : *found, is_ledger ? *found : index);
            return false;
        });
    }
}

}  // namespace

void for_each_distance(std::uint32_t most, const std::function<bool(int)>& visit) {
    if (!visit(0)) return;
    for (int distance = 1; distance <= static_cast<int>(most); ++distance) {
        if (!visit(distance) || !visit(-distance)) return;
    }
}

void match_exactly(OpenLines& open) {
    pair_equals(open, [](const Line& line) {
        return std::tuple{line.day, line.amount, std::string_view{line.reference}};
    });
    // Where both have no reference they are paired by now; so of a day and amount one party's
    // nameless lines at most are left, for the other's named ones.
    for (const auto nameless : {Party::ledger, Party::statement}) {
        using Key = std::pair<Day, SignedAmount>;
        const auto key_of = [&](Party party, LineIndex index) {
            const Line& line = open.line(party, index);
            return Key{line.day, line.amount};
        };
        std::set<std::pair<Key, LineIndex>> named;
        for (const auto index : all_open(open, other(nameless))) {
            if (!open.line(other(nameless), index).reference.empty())
                named.insert({key_of(other(nameless), index), index});
        }
        for (const auto index : all_open(open, nameless)) {
            if (!open.line(nameless, index).reference.empty()) continue;
            const auto found = named.lower_bound({key_of(nameless, index), 0});
            if (found == named.end() || found->first != key_of(nameless, index)) continue;
            const auto partner = found->second;
            named.erase(found);
            const bool is_ledger = nameless == Party::ledger;
            open.take_pair(Bucket::matched_exactly, is_ledger ? index : partner,
                           is_ledger ? partner : index);
        }
    }
}

void match_by_rule(OpenLines& open, const Rule& rule) {
    CHECK_INVARIANT(!rule.many, "a rule for pairs");
    pair_within(open, rule, Bucket::matched_by_rule, rule.name);
}

void find_other_days(OpenLines& open, std::uint32_t date_days) {
    pair_within(open, Rule{.name = {}, .days = date_days}, Bucket::date_differs, {});
}

void find_other_sides(OpenLines& open) {
    Shelf shelf{open, Party::statement, ReferenceRule::compatible};
    for (const auto index : open.within(Party::statement))
        shelf.add(index);
    for (const auto index : open.within(Party::ledger)) {
        const Line& line = open.line(Party::ledger, index);
        const auto found = shelf.nearest(line, line.day, -line.amount.minor_units());
        if (!found) continue;
        shelf.remove(*found);
        open.take_pair(Bucket::side_differs, index, *found);
    }
}

void find_timing(OpenLines& open, std::uint32_t timing_days) {
    for (const auto rule : {ReferenceRule::equal, ReferenceRule::compatible}) {
        for (const auto party : {Party::ledger, Party::statement})
            pair_across(open, party, rule, timing_days);
    }
}

}  // namespace daybook::reconcile
