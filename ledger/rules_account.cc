// Assets and accounts: their making, their states, their limits.
#include "base/check.h"
#include "ledger/legs.h"
#include "ledger/rules.h"

namespace daybook {

namespace {

// A touch that leaves the totals as they are, so that the change stands in the account's history.
void touch_only(Draft& draft, AccountNumber number, const Standing& account) {
    draft.decision().touches.push_back(
        {number, draft.version(number, account) + 1, {}, draft.totals(number, account)});
}

// The open account; none when it has rejected.
AccountNumber find_changeable(Draft& draft, const AccountRef& account) {
    const AccountNumber number = draft.resolve(account);
    if (number.is_none()) {
        draft.reject(Rejection::account_not_found, account.number.value());
        return {};
    }
    if (draft.find(number)->state == AccountState::closed) {
        draft.reject(Rejection::account_closed, number.value());
        return {};
    }
    return number;
}

// What is made is the subject of its command, or a remark about its member.
void note_number(Draft& draft, std::uint64_t number) {
    if (draft.is_atomic()) {
        draft.remark({.kind = RemarkKind::number, .subject = number});
    } else {
        draft.decision().subject = number;
    }
}

}  // namespace

void decide_stated(Draft& draft, const DefineAsset& asset) {
    const auto number = draft.find_asset(asset.code);
    if (number) {
        const bool is_same = draft.scale_of(*number) == asset.scale;
        return draft.reject(
            is_same ? Rejection::asset_exists : Rejection::asset_exists_with_different_scale,
            number->value());
    }
    // From here on the command succeeds.
    note_number(draft, draft.define_asset(Asset{asset.code, asset.scale}));
}

void decide_stated(Draft& draft, const OpenAccount& stated) {
    const auto asset = draft.find_asset(stated.asset);
    if (!asset) return draft.reject(Rejection::asset_not_found);
    const auto number = draft.find_account(stated.code);
    if (number) {
        const Standing* account = draft.find(*number);
        CHECK_INVARIANT(account != nullptr, "a code names an account");
        const bool is_same = account->asset == *asset && account->type == stated.type &&
                             draft.limits(*number) == stated.limits;
        return draft.reject(
            is_same ? Rejection::account_exists : Rejection::account_exists_with_different_terms,
            number->value());
    }
    // From here on the command succeeds.
    note_number(draft, draft.open_account(stated, *asset));
}

void decide_stated(Draft& draft, const SetAccountState& stated) {
    const AccountNumber number = find_changeable(draft, stated.account);
    if (number.is_none()) return;
    const Standing account = *draft.find(number);
    if (account.state == stated.state) {
        return draft.reject(Rejection::account_state_unchanged, number.value());
    }
    if (stated.state == AccountState::closed) {
        const Totals totals = draft.totals(number, account);
        if (totals.posted_debits != totals.posted_credits) {
            return draft.reject(Rejection::account_not_empty, number.value());
        }
        if (!totals.held_debits.is_zero() || !totals.held_credits.is_zero()) {
            return draft.reject(Rejection::account_has_holds, number.value());
        }
    }
    // From here on the command succeeds.
    touch_only(draft, number, account);
    draft.change(number).standing.state = stated.state;
    draft.remark({.kind = RemarkKind::state,
                  .count = static_cast<std::uint32_t>(stated.state),
                  .subject = number.value()});
}

void decide_stated(Draft& draft, const SetLimits& stated) {
    const AccountNumber number = find_changeable(draft, stated.account);
    if (number.is_none()) return;
    if (draft.limits(number) == stated.limits) {
        return draft.reject(Rejection::limits_unchanged, number.value());
    }
    // From here on the command succeeds.
    touch_only(draft, number, *draft.find(number));
    auto& changed = draft.change(number);
    changed.limits = stated.limits;
    changed.standing.set_bounds(stated.limits);
    const auto& [min, max] = stated.limits;
    draft.remark({.kind = RemarkKind::limits,
                  .count = (min ? Remark::kHasMin : 0U) | (max ? Remark::kHasMax : 0U),
                  .subject = number.value(),
                  .x = min.value_or(SignedAmount{}),
                  .y = max.value_or(SignedAmount{})});
}

}  // namespace daybook
