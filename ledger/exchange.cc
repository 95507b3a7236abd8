// Exchange: the ledger's check of a stated rate.
#include <algorithm>
#include <optional>
#include <span>

#include "ledger/legs.h"
#include "ledger/rules.h"

namespace daybook {

namespace {

// Nothing where the result does not fit: then no amount is right.
std::optional<Amount> rounded_up(const Quotient& quotient) {
    if (quotient.is_exact || !quotient.whole) return quotient.whole;
    return checked_add(*quotient.whole, Amount{1});
}

bool goes_up(const Quotient& quotient, Rounding rounding) {
    const bool is_odd = (quotient.whole->low() & 1) != 0;
    switch (rounding) {
        case Rounding::down:
            return false;
        case Rounding::up:
            return true;
        case Rounding::half_up:
            return quotient.rest_to_half >= 0;
        case Rounding::half_even:
            return quotient.rest_to_half > 0 || (quotient.rest_to_half == 0 && is_odd);
    }
    return false;
}

std::optional<Amount> rounded(const Quotient& quotient, Rounding rounding) {
    const bool is_up = quotient.whole && goes_up(quotient, rounding);
    return is_up ? rounded_up(quotient) : quotient.whole;
}

// The sum fits: the entry is balanced, and the check of that has added it up.
Amount debits_of(std::span<const Leg> legs, AssetNumber asset) {
    Uint128 sum = 0;
    for (const Leg& leg : legs) {
        if (leg.account->asset == asset && leg.side == Side::debit) sum += leg.amount.minor_units();
    }
    return Amount{sum};
}

// So does this one: an account stands on one side only.
Amount posted_to(std::span<const Leg> legs, AccountNumber account) {
    Uint128 sum = 0;
    for (const Leg& leg : legs) {
        if (leg.number == account) sum += leg.amount.minor_units();
    }
    return Amount{sum};
}

// The other asset when there are exactly two.
std::optional<AssetNumber> bought_asset(std::span<const Leg> legs) {
    const AssetNumber sold = legs.front().account->asset;
    std::optional<AssetNumber> bought;
    for (const Leg& leg : legs) {
        if (leg.account->asset == sold || leg.account->asset == bought) continue;
        if (bought) return std::nullopt;
        bought = leg.account->asset;
    }
    return bought;
}

bool check_amount(Draft& draft, std::optional<Amount> expected, Amount stated) {
    constexpr Amount kAmountMax{~std::uint64_t{0}, ~std::uint64_t{0}};
    if (expected == stated) return true;
    draft.reject(Rejection::rate_mismatch, 0,
                 {.kind = RemarkKind::rate,
                  .x = as_bits(expected.value_or(kAmountMax)),
                  .y = as_bits(stated)});
    return false;
}

}  // namespace

bool check_rate(Draft& draft, std::span<const Leg> legs, const Rate& rate, AccountNumber residue) {
    const auto asset = bought_asset(legs);
    // The seller stands first; what he buys, and the residue, is on the other side.
    const bool is_on_sellers_side = std::ranges::any_of(legs, [&](const Leg& leg) {
        return leg.number == residue && leg.side == legs.front().side;
    });
    if (!asset || is_on_sellers_side ||
        (!residue.is_none() && draft.find(residue)->asset != *asset)) {
        draft.reject(Rejection::rate_not_applicable);
        return false;
    }
    const Amount sold = debits_of(legs, legs.front().account->asset);
    const Amount bought = debits_of(legs, *asset);
    const Quotient exact = multiply_divide(sold, rate.numerator, rate.denominator);
    const auto due = rounded(exact, rate.rounding);
    if (residue.is_none()) return check_amount(draft, due, bought);
    const auto total = rounded_up(exact);
    if (!check_amount(draft, total, bought)) return false;
    return check_amount(draft, checked_subtract(*total, *due), posted_to(legs, residue));
}

}  // namespace daybook
