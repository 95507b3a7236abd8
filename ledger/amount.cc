#include "ledger/amount.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/check.h"

namespace daybook {

namespace {

std::string digits_of(Uint128 value) {
    std::string text;
    do {
        text.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
        value /= 10;
    } while (value != 0);
    std::ranges::reverse(text);
    return text;
}

Uint128 magnitude(SignedAmount amount) {
    const auto bits = static_cast<Uint128>(amount.minor_units());
    return amount.minor_units() < 0 ? ~bits + 1 : bits;
}

std::string with_point(std::string digits, unsigned scale) {
    if (scale == 0) return digits;
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, ".");
    return digits;
}

}  // namespace

SignedAmount difference(Amount left, Amount right) {
    CHECK_INVARIANT(left <= kSideTotalMax && right <= kSideTotalMax, "side totals stay in range");
    return SignedAmount{static_cast<Int128>(left.minor_units()) -
                        static_cast<Int128>(right.minor_units())};
}

// Schoolbook, in limbs of 64 bits: the product has three.
Quotient multiply_divide(Amount amount, std::uint64_t numerator, std::uint64_t denominator) {
    CHECK_INVARIANT(denominator != 0, "nothing is divided by zero");
    const Uint128 low = static_cast<Uint128>(amount.low()) * numerator;
    const Uint128 high = static_cast<Uint128>(amount.high()) * numerator + (low >> 64);
    const std::array<std::uint64_t, 3> product{static_cast<std::uint64_t>(high >> 64),
                                               static_cast<std::uint64_t>(high),
                                               static_cast<std::uint64_t>(low)};
    std::array<std::uint64_t, 3> whole{};
    Uint128 rest = 0;
    for (std::size_t i = 0; i < product.size(); ++i) {
        rest = (rest << 64) | product[i];
        whole[i] = static_cast<std::uint64_t>(rest / denominator);
        rest %= denominator;
    }
    Quotient quotient;
    if (whole[0] == 0) quotient.whole = Amount{whole[1], whole[2]};
    quotient.is_exact = rest == 0;
    quotient.rest_to_half = 2 * rest <=> static_cast<Uint128>(denominator);
    return quotient;
}

std::string to_string(Amount amount) {
    return digits_of(amount.minor_units());
}

std::string to_string(SignedAmount amount) {
    return (amount.minor_units() < 0 ? "-" : "") + digits_of(magnitude(amount));
}

std::optional<Amount> parse_amount(std::string_view text) {
    if (text.empty()) return std::nullopt;
    Uint128 value = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '9') return std::nullopt;
        if (__builtin_mul_overflow(value, static_cast<Uint128>(10), &value)) return std::nullopt;
        if (__builtin_add_overflow(value, static_cast<Uint128>(digit - '0'), &value)) {
            return std::nullopt;
        }
    }
    return Amount{value};
}

std::optional<SignedAmount> parse_signed_amount(std::string_view text) {
    const bool is_negative = text.starts_with('-');
    const auto amount = parse_amount(is_negative ? text.substr(1) : text);
    constexpr Uint128 kMagnitudeMax = static_cast<Uint128>(1) << 127;
    if (!amount || amount->minor_units() > kMagnitudeMax) return std::nullopt;
    if (!is_negative && amount->minor_units() == kMagnitudeMax) return std::nullopt;
    const Uint128 bits = is_negative ? ~amount->minor_units() + 1 : amount->minor_units();
    return SignedAmount{static_cast<Int128>(bits)};
}

std::string to_decimal(Amount amount, unsigned scale) {
    return with_point(digits_of(amount.minor_units()), scale);
}

std::string to_decimal(SignedAmount amount, unsigned scale) {
    return (amount.minor_units() < 0 ? "-" : "") + with_point(digits_of(magnitude(amount)), scale);
}

std::optional<Amount> parse_decimal(std::string_view text, unsigned scale) {
    const auto point = text.find('.');
    if (point == std::string_view::npos) {
        if (text.empty()) return std::nullopt;  // the zeros appended below must not stand alone
        return parse_amount(std::string{text} + std::string(scale, '0'));
    }
    const auto whole = text.substr(0, point);
    const auto fraction = text.substr(point + 1);
    if (whole.empty() || fraction.empty() || fraction.size() > scale) return std::nullopt;
    return parse_amount(std::string{whole} + std::string{fraction} +
                        std::string(scale - fraction.size(), '0'));
}

}  // namespace daybook
