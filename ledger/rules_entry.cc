// Entries: transfers and their longer form.
#include <array>
#include <optional>
#include <span>

#include "base/check.h"
#include "ledger/form.h"
#include "ledger/legs.h"
#include "ledger/rules.h"

namespace daybook {

namespace {

// How much of the stated amount an account can give or take within its limits.
struct Room {
    Amount amount;
    Rejection when_none = Rejection::none;
    SignedAmount balance;
    SignedAmount bound;
};

// high − low; 0 if it would be negative. The difference of two signed numbers fits an Amount.
Amount gap(SignedAmount high, SignedAmount low) {
    if (high <= low) return {};
    return Amount{static_cast<Uint128>(high.minor_units()) -
                  static_cast<Uint128>(low.minor_units())};
}

Room room_of(Draft& draft, const Leg& leg) {
    const Standing& account = *leg.account;
    const Totals totals = draft.totals(leg.number, account);
    const Limits limits = draft.limits(leg.number);
    if (leg.side == normal_side(account.type)) {
        if (!limits.max) return {leg.amount, Rejection::none, {}, {}};
        const SignedAmount balance = expected_balance(account.type, totals);
        return {gap(*limits.max, balance), Rejection::limit_exceeded, balance, *limits.max};
    }
    const SignedAmount bound = limits.min.value_or(SignedAmount{});
    const SignedAmount balance = available_balance(account.type, totals);
    return {gap(balance, bound), Rejection::insufficient_funds, balance, bound};
}

// Takes both legs down to what the balanced sides have room for.
bool take_amount(Draft& draft, std::span<Leg> legs, Balancing balancing) {
    Amount amount = legs[0].amount;
    for (const Side side : {Side::debit, Side::credit}) {
        if (!balances(balancing, side)) continue;
        for (const Leg& leg : legs) {
            if (leg.side != side) continue;
            const Room room = room_of(draft, leg);
            if (room.amount.is_zero()) {
                draft.reject(room.when_none, leg.number.value(),
                             shortfall(leg, room.balance, room.bound));
                return false;
            }
            amount = std::min(amount, room.amount);
        }
    }
    for (Leg& leg : legs)
        leg.amount = amount;
    return true;
}

struct Claim {
    const Rate* rate = nullptr;
    AccountNumber residue;
};

void decide_legs(Draft& draft, std::span<Leg> legs, Balancing balancing, const Claim& claim) {
    if (!check_sides(draft, legs)) return;
    if (!check_states(draft, legs)) return;
    if (!check_balance(draft, legs)) return;
    if (claim.rate != nullptr && !check_rate(draft, legs, *claim.rate, claim.residue)) return;
    if (balancing != Balancing::none && !take_amount(draft, legs, balancing)) return;
    if (!post(draft, legs)) return;

    // From here on the command succeeds.
    if (balancing != Balancing::none) {
        draft.remark({.kind = RemarkKind::taken, .x = as_bits(legs[0].amount)});
    }
    if (!draft.is_atomic()) return;
    std::vector<ResolvedPosting> postings;
    for (const Leg& leg : legs)
        postings.push_back({leg.number, leg.side, leg.amount});
    draft.note_entry(false, std::move(postings));
}

}  // namespace

void decide_stated(Draft& draft, const Transfer& transfer) {
    const Standing* debit = draft.find(transfer.debit);
    if (debit == nullptr) {
        return draft.reject(Rejection::account_not_found, transfer.debit.value());
    }
    const Standing* credit = draft.find(transfer.credit);
    if (credit == nullptr) {
        return draft.reject(Rejection::account_not_found, transfer.credit.value());
    }
    std::array legs{Leg{transfer.debit, debit, Side::debit, transfer.amount, 0},
                    Leg{transfer.credit, credit, Side::credit, transfer.amount, 1}};
    decide_legs(draft, legs, transfer.balancing, {});
}

void decide_stated(Draft& draft, const PostEntry& entry) {
    std::array<Leg, kPostingsMax> legs;
    CHECK_INVARIANT(entry.postings.size() <= legs.size(), "only well-formed entries are decided");
    std::uint16_t count = 0;
    for (const auto& posting : entry.postings) {
        const AccountNumber number = draft.resolve(posting.account);
        if (number.is_none()) {
            return draft.reject(Rejection::account_not_found, posting.account.number.value());
        }
        legs[count] = Leg{number, draft.find(number), posting.side, posting.amount, count};
        ++count;
    }
    Claim claim;
    if (entry.rate) {
        claim.rate = &*entry.rate;
        if (!entry.rate->residue.is_none()) {
            claim.residue = draft.resolve(entry.rate->residue);
            if (claim.residue.is_none()) {
                return draft.reject(Rejection::account_not_found,
                                    entry.rate->residue.number.value());
            }
        }
    }
    decide_legs(draft, std::span{legs}.first(count), entry.balancing, claim);
}

}  // namespace daybook
