#include "ledger/account.h"

#include <catch2/catch.hpp>

namespace daybook {

namespace {
constexpr Amount of(std::uint64_t minor_units) {
    return Amount{0, minor_units};
}
constexpr SignedAmount net(int minor_units) {
    return SignedAmount{Int128{minor_units}};
}
}  // namespace

TEST_CASE("assets and expenses grow by debits and the others by credits", "[ledger][account]") {
    CHECK(normal_side(AccountType::asset) == Side::debit);
    CHECK(normal_side(AccountType::expense) == Side::debit);
    CHECK(normal_side(AccountType::liability) == Side::credit);
    CHECK(normal_side(AccountType::equity) == Side::credit);
    CHECK(normal_side(AccountType::income) == Side::credit);
}

TEST_CASE("outgoing holds lower what is available and incoming ones raise what is expected",
          "[ledger][account]") {
    const Totals totals{of(70), of(100), of(20), of(5)};
    CHECK(posted_balance(AccountType::liability, totals) == net(30));
    CHECK(available_balance(AccountType::liability, totals) == net(10));
    CHECK(expected_balance(AccountType::liability, totals) == net(35));
    CHECK(posted_balance(AccountType::asset, totals) == net(-30));
    CHECK(available_balance(AccountType::asset, totals) == net(-35));
    CHECK(expected_balance(AccountType::asset, totals) == net(-10));
}

TEST_CASE("derived balances fit at the largest side totals", "[ledger][account]") {
    const Totals held_out{Amount{}, Amount{}, kSideTotalMax, kSideTotalMax};
    const auto least = SignedAmount{-static_cast<Int128>(kSideTotalMax.minor_units())};
    CHECK(available_balance(AccountType::liability, held_out) == least);
    CHECK(available_balance(AccountType::asset, held_out) == least);
    CHECK(to_string(expected_balance(AccountType::asset, held_out)) == to_string(kSideTotalMax));
}

TEST_CASE("the state of an account says which side it accepts", "[ledger][account]") {
    CHECK(accepts(AccountState::open, Side::debit));
    CHECK(accepts(AccountState::open, Side::credit));
    CHECK_FALSE(accepts(AccountState::frozen_debits, Side::debit));
    CHECK(accepts(AccountState::frozen_debits, Side::credit));
    CHECK(accepts(AccountState::frozen_credits, Side::debit));
    CHECK_FALSE(accepts(AccountState::frozen_credits, Side::credit));
    for (const auto side : {Side::debit, Side::credit}) {
        CHECK_FALSE(accepts(AccountState::frozen, side));
        CHECK_FALSE(accepts(AccountState::closed, side));
    }
}

TEST_CASE("account types are read by the names they are written with", "[ledger][account]") {
    for (const auto* name : {"asset", "liability", "equity", "income", "expense"}) {
        const auto type = parse_account_type(name);
        REQUIRE(type);
        CHECK(name_of(*type) == name);
    }
    CHECK_FALSE(parse_account_type("Asset"));
    CHECK_FALSE(parse_account_type(""));
}

}  // namespace daybook
