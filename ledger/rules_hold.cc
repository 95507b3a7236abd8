// Holds: placed, captured, released, expired.
#include <array>
#include <optional>

#include "ledger/legs.h"
#include "ledger/rules.h"

namespace daybook {

namespace {

std::array<Leg, 2> legs_of(const Draft& draft, const Hold& hold, Amount amount) {
    return {Leg{hold.debit, draft.find(hold.debit), Side::debit, amount, 0},
            Leg{hold.credit, draft.find(hold.credit), Side::credit, amount, 1}};
}

// The open hold; nothing when it has rejected.
std::optional<Hold> find_open(Draft& draft, EntryId id) {
    auto hold = draft.find_hold(id);
    if (!hold) {
        draft.reject(Rejection::hold_not_found);
        return std::nullopt;
    }
    switch (hold->state) {
        case HoldState::open:
            return hold;
        case HoldState::captured:
            draft.reject(Rejection::hold_captured);
            break;
        case HoldState::released:
            draft.reject(Rejection::hold_released);
            break;
        case HoldState::expired:
            draft.reject(Rejection::hold_expired);
            break;
    }
    return std::nullopt;
}

// Puts the hold as it is after this step, whose two touches are the last ones.
void put(Draft& draft, EntryId id, const Hold& hold) {
    draft.put_hold(id, hold);
    draft.remark({.kind = RemarkKind::hold,
                  .index = static_cast<std::uint16_t>(draft.decision().touches.size() - 2),
                  .count = static_cast<std::uint32_t>(hold.state),
                  .subject = id.bits(),
                  .at = hold.expires_at,
                  .x = as_bits(hold.remaining),
                  .y = as_bits(hold.captured)});
}

// Giving back cannot fail: it is barred neither by states nor by limits.
void give_back(Draft& draft, EntryId id, Hold hold, HoldState state) {
    for (const Leg& leg : legs_of(draft, hold, hold.remaining)) {
        touch(draft, leg, {.posted = {}, .held = {}, .unheld = leg.amount});
    }
    hold.remaining = {};
    hold.state = state;
    put(draft, id, hold);
}

}  // namespace

void decide_stated(Draft& draft, const PlaceHold& stated) {
    Hold hold{.debit = draft.resolve(stated.debit),
              .credit = draft.resolve(stated.credit),
              .amount = stated.amount,
              .remaining = stated.amount,
              .captured = {},
              .expires_at = stated.expires_at};
    if (hold.debit.is_none()) {
        return draft.reject(Rejection::account_not_found, stated.debit.number.value());
    }
    if (hold.credit.is_none()) {
        return draft.reject(Rejection::account_not_found, stated.credit.number.value());
    }
    const auto legs = legs_of(draft, hold, hold.amount);
    if (!check_sides(draft, legs)) return;
    if (!check_states(draft, legs)) return;
    if (!check_balance(draft, legs)) return;
    if (!stated.expires_at.is_none() && stated.expires_at <= draft.turn().stamp) {
        return draft.reject(Rejection::hold_expiry_passed);
    }
    for (const Leg& leg : legs) {
        if (!touch(draft, leg, {.posted = {}, .held = leg.amount, .unheld = {}})) return;
    }
    if (!check_limits(draft, legs)) return;

    // From here on the command succeeds.
    put(draft, draft.id(), hold);
}

void decide_stated(Draft& draft, const CaptureHold& stated) {
    const EntryId id = stated.hold.at(draft.turn().seq);
    auto hold = find_open(draft, id);
    if (!hold) return;
    const Amount amount = stated.amount.value_or(hold->remaining);
    if (amount > hold->remaining) {
        return draft.reject(Rejection::exceeds_hold, 0,
                            {.kind = RemarkKind::excess,
                             .subject = id.bits(),
                             .x = as_bits(hold->remaining),
                             .y = as_bits(amount)});
    }
    const auto legs = legs_of(draft, *hold, amount);
    if (!check_states(draft, legs)) return;

    // From here on the command succeeds: what was held has its room on both sides.
    const Amount off = stated.is_final ? hold->remaining : amount;
    for (const Leg& leg : legs) {
        touch(draft, leg, {.posted = amount, .held = {}, .unheld = off});
    }
    hold->remaining = Amount{hold->remaining.minor_units() - off.minor_units()};
    hold->captured = Amount{hold->captured.minor_units() + amount.minor_units()};
    if (hold->remaining.is_zero()) hold->state = HoldState::captured;
    draft.remark({.kind = RemarkKind::taken, .x = as_bits(amount)});
    put(draft, id, *hold);
    if (!draft.is_atomic()) return;
    draft.note_entry(false,
                     {{hold->debit, Side::debit, amount}, {hold->credit, Side::credit, amount}});
}

void decide_stated(Draft& draft, const ReleaseHold& stated) {
    const EntryId id = stated.hold.at(draft.turn().seq);
    const auto hold = find_open(draft, id);
    if (hold) give_back(draft, id, *hold, HoldState::released);
}

void decide_stated(Draft& draft, const ExpireHold& stated) {
    const auto hold = find_open(draft, stated.hold);
    if (!hold) return;
    // The sequencer expires only what is due; only a journal that was tampered with has another.
    const bool is_due = !hold->expires_at.is_none() && hold->expires_at <= draft.turn().stamp;
    if (!is_due) return draft.reject(Rejection::hold_not_found);
    give_back(draft, stated.hold, *hold, HoldState::expired);
}

}  // namespace daybook
