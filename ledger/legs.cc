#include "ledger/legs.h"

#include <algorithm>
#include <cstddef>

namespace daybook {

namespace {

// Sums one asset's debits and credits.
bool check_asset_balance(Draft& draft, std::span<const Leg> legs, AssetNumber asset) {
    Amount debits;
    Amount credits;
    for (const auto& leg : legs) {
        if (leg.account->asset != asset) continue;
        Amount& sum = leg.side == Side::debit ? debits : credits;
        const auto added = checked_add(sum, leg.amount);
        if (!added) {
            draft.reject(Rejection::overflow);
            return false;
        }
        sum = *added;
    }
    if (debits == credits) return true;
    draft.reject(Rejection::unbalanced);
    return false;
}

// What an account's balance was and is, and the limit it may not pass any further.
struct Move {
    SignedAmount before;
    SignedAmount after;
    SignedAmount bound;
};

Move move_of_available(Draft& draft, const Leg& leg) {
    const Standing& account = *leg.account;
    return {available_balance(account.type, draft.totals_before(leg.number, account)),
            available_balance(account.type, draft.totals(leg.number, account)),
            account.min == Standing::Bound::in_terms
                ? draft.limits(leg.number).min.value_or(SignedAmount{})
                : SignedAmount{}};
}

Move move_of_expected(Draft& draft, const Leg& leg) {
    const Standing& account = *leg.account;
    return {expected_balance(account.type, draft.totals_before(leg.number, account)),
            expected_balance(account.type, draft.totals(leg.number, account)),
            account.max == Standing::Bound::in_terms
                ? draft.limits(leg.number).max.value_or(SignedAmount{})
                : SignedAmount{}};
}

bool check_min(Draft& draft, const Leg& leg) {
    if (leg.account->min == Standing::Bound::none) return true;
    const Move move = move_of_available(draft, leg);
    if (move.after >= move.bound || move.after >= move.before) return true;
    draft.reject(Rejection::insufficient_funds, leg.number.value(),
                 shortfall(leg, move.before, move.bound));
    return false;
}

bool check_max(Draft& draft, const Leg& leg) {
    if (leg.account->max == Standing::Bound::none) return true;
    const Move move = move_of_expected(draft, leg);
    if (move.after <= move.bound || move.after <= move.before) return true;
    draft.reject(Rejection::limit_exceeded, leg.number.value(),
                 shortfall(leg, move.before, move.bound));
    return false;
}

}  // namespace

bool check_sides(Draft& draft, std::span<const Leg> legs) {
    for (std::size_t i = 1; i < legs.size(); ++i) {
        const auto is_other_side = [&](const Leg& earlier) {
            return earlier.number == legs[i].number && earlier.side != legs[i].side;
        };
        if (std::ranges::none_of(legs.first(i), is_other_side)) continue;
        draft.reject(Rejection::same_account, legs[i].number.value());
        return false;
    }
    return true;
}

bool check_states(Draft& draft, std::span<const Leg> legs) {
    const auto is_refused = [](const Leg& leg) { return !accepts(leg.account->state, leg.side); };
    const auto refused = std::ranges::find_if(legs, is_refused);
    if (refused == legs.end()) [[likely]]
        return true;
    const auto is_closed = [](const Leg& leg) {
        return leg.account->state == AccountState::closed;
    };
    const auto closed = std::ranges::find_if(legs, is_closed);
    if (closed != legs.end()) {
        draft.reject(Rejection::account_closed, closed->number.value());
    } else {
        draft.reject(Rejection::account_frozen, refused->number.value());
    }
    return false;
}

bool check_balance(Draft& draft, std::span<const Leg> legs) {
    for (std::size_t i = 0; i < legs.size(); ++i) {
        const AssetNumber asset = legs[i].account->asset;
        const auto is_of_asset = [&](const Leg& leg) { return leg.account->asset == asset; };
        if (std::ranges::any_of(legs.first(i), is_of_asset)) continue;  // summed already
        if (!check_asset_balance(draft, legs, asset)) return false;
    }
    return true;
}

bool touch(Draft& draft, const Leg& leg, const Shift& shift) {
    Touch touch{leg.number,
                draft.version(leg.number, *leg.account) + 1,
                {},
                draft.totals(leg.number, *leg.account)};
    const bool is_debit = leg.side == Side::debit;
    Amount& posted = is_debit ? touch.after.posted_debits : touch.after.posted_credits;
    Amount& held = is_debit ? touch.after.held_debits : touch.after.held_credits;
    held = Amount{held.minor_units() - shift.unheld.minor_units()};
    const auto more_posted = checked_add(posted, shift.posted);
    const auto more_held = checked_add(held, shift.held);
    const auto total =
        more_posted && more_held ? checked_add(*more_posted, *more_held) : std::optional<Amount>{};
    if (!total || *total > kSideTotalMax) {
        draft.reject(Rejection::overflow, leg.number.value());
        return false;
    }
    posted = *more_posted;
    held = *more_held;
    draft.decision().touches.push_back(touch);
    return true;
}

bool check_limits(Draft& draft, std::span<const Leg> legs) {
    return std::ranges::all_of(legs, [&](const Leg& leg) { return check_min(draft, leg); }) &&
           std::ranges::all_of(legs, [&](const Leg& leg) { return check_max(draft, leg); });
}

bool post(Draft& draft, std::span<const Leg> legs) {
    return std::ranges::all_of(
               legs, [&](const Leg& leg) { return touch(draft, leg, {leg.amount, {}, {}}); }) &&
           check_limits(draft, legs);
}

Remark shortfall(const Leg& leg, SignedAmount balance, SignedAmount bound) {
    return {.kind = RemarkKind::shortfall,
            .index = leg.posting,
            .subject = leg.number.value(),
            .x = balance,
            .y = bound};
}

}  // namespace daybook
