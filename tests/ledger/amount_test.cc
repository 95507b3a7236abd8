#include "ledger/amount.h"

#include <catch2/catch.hpp>

namespace daybook {

namespace {
constexpr Amount kLargest{~std::uint64_t{0}, ~std::uint64_t{0}};
constexpr auto kLargestText = "340282366920938463463374607431768211455";  // 2^128 − 1
constexpr auto kSignedLargestText = "170141183460469231731687303715884105727";
constexpr auto kSignedLeastText = "-170141183460469231731687303715884105728";
}  // namespace

TEST_CASE("an amount is its two 64-bit halves", "[ledger][amount]") {
    const Amount amount{0x0123456789abcdef, 0xfedcba9876543210};
    CHECK(amount.high() == 0x0123456789abcdef);
    CHECK(amount.low() == 0xfedcba9876543210);
    const SignedAmount negative{Int128{-2}};
    CHECK(negative.high() == ~std::uint64_t{0});
    CHECK(negative.low() == ~std::uint64_t{1});
    CHECK(SignedAmount{negative.high(), negative.low()} == negative);
}

TEST_CASE("addition fits up to 2^128-1 and not past it", "[ledger][amount]") {
    CHECK(checked_add(kLargest, Amount{}) == kLargest);
    CHECK_FALSE(checked_add(kLargest, Amount{Uint128{1}}));
    CHECK(checked_add(Amount{0, ~std::uint64_t{0}}, Amount{Uint128{1}}) == Amount{1, 0});
}

TEST_CASE("subtraction never goes below zero", "[ledger][amount]") {
    CHECK(checked_subtract(Amount{1, 0}, Amount{Uint128{1}}) == Amount{0, ~std::uint64_t{0}});
    CHECK(checked_subtract(kLargest, kLargest) == Amount{});
    CHECK_FALSE(checked_subtract(Amount{}, Amount{Uint128{1}}));
}

TEST_CASE("the difference of two side totals always fits", "[ledger][amount]") {
    CHECK(to_string(difference(kSideTotalMax, Amount{})) == kSignedLargestText);
    CHECK(to_string(difference(Amount{}, kSideTotalMax)) ==
          "-170141183460469231731687303715884105727");
    CHECK(difference(kSideTotalMax, kSideTotalMax) == SignedAmount{});
}

TEST_CASE("the extreme amounts survive text", "[ledger][amount]") {
    CHECK(to_string(kLargest) == kLargestText);
    CHECK(parse_amount(kLargestText) == kLargest);
    CHECK(to_string(kSideTotalMax) == kSignedLargestText);
    CHECK(to_string(Amount{}) == "0");
    for (const auto* text : {kSignedLargestText, kSignedLeastText, "0", "-1"}) {
        const auto parsed = parse_signed_amount(text);
        REQUIRE(parsed);
        CHECK(to_string(*parsed) == text);
    }
}

TEST_CASE("an amount is digits that fit and nothing else", "[ledger][amount]") {
    const auto* const text = GENERATE("", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "1,000",
                                      "340282366920938463463374607431768211456",
                                      "3402823669209384634633746074317682114550");
    CAPTURE(text);
    CHECK_FALSE(parse_amount(text));
}

TEST_CASE("a signed amount is an optional minus and digits that fit", "[ledger][amount]") {
    const auto* const text =
        GENERATE("", "-", "--1", "+1", "-1.0", "170141183460469231731687303715884105728",
                 "-170141183460469231731687303715884105729");
    CAPTURE(text);
    CHECK_FALSE(parse_signed_amount(text));
}

TEST_CASE("the scale of the asset places the point", "[ledger][amount]") {
    CHECK(to_decimal(Amount{Uint128{1250}}, 2) == "12.50");
    CHECK(to_decimal(Amount{Uint128{5}}, 2) == "0.05");
    CHECK(to_decimal(Amount{}, 2) == "0.00");
    CHECK(to_decimal(Amount{Uint128{7}}, 0) == "7");
    CHECK(to_decimal(Amount{Uint128{1}}, 18) == "0.000000000000000001");
    CHECK(to_decimal(SignedAmount{Int128{-1250}}, 2) == "-12.50");
    CHECK(to_decimal(SignedAmount{Int128{-5}}, 2) == "-0.05");
}

TEST_CASE("a decimal is read back at its scale", "[ledger][amount]") {
    CHECK(parse_decimal("12.50", 2) == Amount{Uint128{1250}});
    CHECK(parse_decimal("12.5", 2) == Amount{Uint128{1250}});
    CHECK(parse_decimal("12", 2) == Amount{Uint128{1200}});
    CHECK(parse_decimal("0", 0) == Amount{});
    CHECK(parse_decimal("170141183460469231731.687303715884105727", 18) == kSideTotalMax);
}

TEST_CASE("a decimal with more digits than the scale or with a sign is refused",
          "[ledger][amount]") {
    const auto* const text = GENERATE("", ".", "1.", ".5", "1.234", "-1", "+1", "1.2.3", "1e2",
                                      " 1", "3402823669209384634633746074317682114.56");
    CAPTURE(text);
    CHECK_FALSE(parse_decimal(text, 2));
}

}  // namespace daybook
