// Amount: a quantity of an asset in minor units, unsigned 128 bits. SignedAmount: a balance or
// limit. All arithmetic is checked; there is no floating point. The only file that spells __int128.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daybook {

__extension__ using Uint128 = unsigned __int128;
__extension__ using Int128 = __int128;

class Amount {
public:
    constexpr Amount() = default;
    constexpr explicit Amount(Uint128 minor_units) : minor_units_{minor_units} {}
    constexpr Amount(std::uint64_t high, std::uint64_t low)
        : minor_units_{(static_cast<Uint128>(high) << 64) | low} {}

    constexpr Uint128 minor_units() const { return minor_units_; }
    constexpr std::uint64_t high() const { return static_cast<std::uint64_t>(minor_units_ >> 64); }
    constexpr std::uint64_t low() const { return static_cast<std::uint64_t>(minor_units_); }
    constexpr bool is_zero() const { return minor_units_ == 0; }

    friend constexpr auto operator<=>(Amount, Amount) = default;

private:
    Uint128 minor_units_ = 0;
};

class SignedAmount {
public:
    constexpr SignedAmount() = default;
    constexpr explicit SignedAmount(Int128 minor_units) : minor_units_{minor_units} {}
    constexpr SignedAmount(std::uint64_t high, std::uint64_t low)
        : minor_units_{static_cast<Int128>((static_cast<Uint128>(high) << 64) | low)} {}

    constexpr Int128 minor_units() const { return minor_units_; }
    constexpr std::uint64_t high() const {
        return static_cast<std::uint64_t>(static_cast<Uint128>(minor_units_) >> 64);
    }
    constexpr std::uint64_t low() const { return static_cast<std::uint64_t>(minor_units_); }

    friend constexpr auto operator<=>(SignedAmount, SignedAmount) = default;

private:
    Int128 minor_units_ = 0;
};

// An account's posted and held amounts on one side stay at or below this together, so that every
// balance derived from them fits a SignedAmount. Past it a posting is rejected as `overflow`.
inline constexpr Amount kSideTotalMax{~std::uint64_t{0} >> 1, ~std::uint64_t{0}};

// Nothing when the result does not fit.
constexpr std::optional<Amount> checked_add(Amount left, Amount right) {
    Uint128 sum = 0;
    if (__builtin_add_overflow(left.minor_units(), right.minor_units(), &sum)) return std::nullopt;
    return Amount{sum};
}
constexpr std::optional<Amount> checked_subtract(Amount left, Amount right) {
    if (left < right) return std::nullopt;
    return Amount{left.minor_units() - right.minor_units()};
}

// amount × numerator / denominator without loss: the whole part (nothing when it does not fit), and
// how the rest compares to one half. `denominator` must not be 0 (checked).
struct Quotient {
    std::optional<Amount> whole;
    bool is_exact = false;                                           // the rest is 0
    std::strong_ordering rest_to_half = std::strong_ordering::less;  // of the rest
};
Quotient multiply_divide(Amount amount, std::uint64_t numerator, std::uint64_t denominator);

// left − right, both at most kSideTotalMax (checked), so that the difference always fits.
SignedAmount difference(Amount left, Amount right);

// Minor units as decimal digits.
std::string to_string(Amount amount);
std::string to_string(SignedAmount amount);
// Digits only (and a leading '-' for signed ones); nothing else, nothing that does not fit.
std::optional<Amount> parse_amount(std::string_view text);
std::optional<SignedAmount> parse_signed_amount(std::string_view text);

// With the point where the asset's scale (0 to 18) puts it: 1250 at scale 2 is `12.50`.
std::string to_decimal(SignedAmount amount, unsigned scale);
std::string to_decimal(Amount amount, unsigned scale);
// The inverse. Refuses more digits behind the point than the scale has, signs and exponents.
std::optional<Amount> parse_decimal(std::string_view text, unsigned scale);

}  // namespace daybook
