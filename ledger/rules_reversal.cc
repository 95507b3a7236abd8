// Reversals: the mirror image of an entry, in full or in part.
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/check.h"
#include "ledger/legs.h"
#include "ledger/rules.h"

namespace daybook {

namespace {

constexpr Side other(Side side) {
    return side == Side::debit ? Side::credit : Side::debit;
}

std::vector<Amount> left_of(const MadeEntry& entry, const std::vector<Amount>& reversed) {
    std::vector<Amount> left;
    for (std::size_t i = 0; i < entry.postings.size(); ++i) {
        const auto rest = checked_subtract(entry.postings[i].amount, reversed[i]);
        CHECK_INVARIANT(rest.has_value(), "no more is reversed than was posted");
        left.push_back(*rest);
    }
    return left;
}

// False when more is asked than is left of a posting.
bool check_left(Draft& draft, EntryId entry, const std::vector<Amount>& asked,
                const std::vector<Amount>& left) {
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (asked[i] <= left[i]) continue;
        draft.reject(Rejection::exceeds_original, 0,
                     {.kind = RemarkKind::excess,
                      .index = static_cast<std::uint16_t>(i),
                      .subject = entry.bits(),
                      .x = as_bits(left[i]),
                      .y = as_bits(asked[i])});
        return false;
    }
    return true;
}

std::vector<Leg> mirror(const Draft& draft, const MadeEntry& entry,
                        const std::vector<Amount>& amounts) {
    std::vector<Leg> legs;
    for (std::size_t i = 0; i < amounts.size(); ++i) {
        if (amounts[i].is_zero()) continue;
        const auto& posting = entry.postings[i];
        legs.push_back({posting.account, draft.find(posting.account), other(posting.side),
                        amounts[i], static_cast<std::uint16_t>(i)});
    }
    return legs;
}

}  // namespace

void decide_stated(Draft& draft, const ReverseEntry& reversal) {
    const EntryId id = reversal.entry.at(draft.turn().seq);
    const MadeEntry* found = draft.find_entry(id);
    if (found == nullptr) return draft.reject(Rejection::entry_not_found);
    if (found->is_reversal) return draft.reject(Rejection::reversal_of_reversal);
    const MadeEntry entry = *found;  // the reversal becomes an entry of this Seq itself
    const bool is_partial = !reversal.amounts.empty();
    if (is_partial && reversal.amounts.size() != entry.postings.size()) {
        return draft.reject(Rejection::posting_count_differs);
    }
    std::vector<Amount> reversed = draft.reversed(entry);
    const std::vector<Amount> left = left_of(entry, reversed);
    const bool is_over = std::ranges::all_of(left, &Amount::is_zero);
    if (is_over) return draft.reject(Rejection::already_reversed);
    const std::vector<Amount>& amounts = is_partial ? reversal.amounts : left;
    if (!check_left(draft, id, amounts, left)) return;

    const std::vector<Leg> legs = mirror(draft, entry, amounts);
    if (!check_states(draft, legs)) return;
    if (!check_balance(draft, legs)) return;
    const std::size_t first_touch = draft.decision().touches.size();
    if (!post(draft, legs)) return;

    // From here on the command succeeds.
    std::vector<ResolvedPosting> postings;
    for (std::size_t i = 0; i < legs.size(); ++i) {
        const Leg& leg = legs[i];
        Amount& total = reversed[leg.posting];
        total = Amount{total.minor_units() + leg.amount.minor_units()};
        draft.remark({.kind = RemarkKind::reversed,
                      .index = static_cast<std::uint16_t>(first_touch + i),
                      .count = leg.posting,
                      .subject = id.bits(),
                      .x = as_bits(leg.amount),
                      .y = as_bits(total)});
        postings.push_back({leg.number, leg.side, leg.amount});
    }
    draft.put_reversed(id, std::move(reversed));
    draft.note_entry(true, std::move(postings));
}

}  // namespace daybook
