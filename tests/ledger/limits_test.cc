#include <catch2/catch.hpp>

#include "tests/ledger/small_book.h"

namespace daybook {

namespace {

// An account that `grow` adds to and `shrink` takes from, whatever its normal side is.
struct Bounded {
    Bounded(AccountType type, Limits limits)
        : account{small.open("bounded", "USD", type, limits)},
          is_debit_normal{normal_side(type) == Side::debit} {}

    Rejection grow(std::uint64_t amount) {
        return is_debit_normal ? move(account, small.bob, amount)
                               : move(small.cash, account, amount);
    }
    Rejection shrink(std::uint64_t amount) {
        return is_debit_normal ? move(small.cash, account, amount)
                               : move(account, small.bob, amount);
    }
    Rejection move(AccountNumber debit, AccountNumber credit, std::uint64_t amount) {
        return small.submit(SmallBook::transfer(debit, credit, of(amount))).rejection;
    }

    SmallBook small;
    AccountNumber account;
    bool is_debit_normal;
};

}  // namespace

TEST_CASE("the available balance reaches the minimum and goes no lower", "[ledger][limits]") {
    const auto type = GENERATE(AccountType::asset, AccountType::liability, AccountType::equity,
                               AccountType::income, AccountType::expense);
    const auto min = GENERATE(-50, 0);
    CAPTURE(name_of(type), min);
    Bounded bounded{type, {net(min), {}}};
    REQUIRE(bounded.grow(100) == Rejection::none);
    const auto room = static_cast<std::uint64_t>(100 - min);
    CHECK(bounded.shrink(room + 1) == Rejection::insufficient_funds);
    const auto posting = bounded.is_debit_normal ? std::uint16_t{1} : std::uint16_t{0};
    CHECK(shortfall_of(bounded.small.decision) ==
          Shortfall{bounded.account, posting, net(100), net(min)});
    CHECK(bounded.small.decision.subject == bounded.account.value());
    CHECK(bounded.shrink(room) == Rejection::none);
    CHECK(bounded.shrink(1) == Rejection::insufficient_funds);
}

TEST_CASE("the expected balance reaches the maximum and goes no higher", "[ledger][limits]") {
    const auto type = GENERATE(AccountType::asset, AccountType::liability);
    Bounded bounded{type, {{}, net(100)}};
    CHECK(bounded.grow(101) == Rejection::limit_exceeded);
    REQUIRE(shortfall_of(bounded.small.decision));
    CHECK(shortfall_of(bounded.small.decision)->balance == net(0));
    CHECK(shortfall_of(bounded.small.decision)->bound == net(100));
    CHECK(bounded.grow(100) == Rejection::none);
    CHECK(bounded.grow(1) == Rejection::limit_exceeded);
    CHECK(bounded.shrink(1'000) == Rejection::none);
}

TEST_CASE("a maximum of zero keeps an account from ever being in credit", "[ledger][limits]") {
    Bounded bounded{AccountType::liability, {{}, net(0)}};
    CHECK(bounded.grow(1) == Rejection::limit_exceeded);
    CHECK(bounded.shrink(5) == Rejection::none);
    CHECK(bounded.grow(5) == Rejection::none);
}

TEST_CASE("outgoing holds are not available and incoming ones count towards the maximum",
          "[ledger][limits]") {
    Bounded bounded{AccountType::liability, {net(0), net(200)}};
    const Totals totals{{}, of(100), of(30), of(60)};
    bounded.small.book.install(Touch{bounded.account, 1, {}, totals}, TouchPointer{Seq{20}, 0});
    CHECK(bounded.shrink(71) == Rejection::insufficient_funds);
    CHECK(shortfall_of(bounded.small.decision)->balance == net(70));
    CHECK(bounded.grow(41) == Rejection::limit_exceeded);
    CHECK(shortfall_of(bounded.small.decision)->balance == net(160));
    CHECK(bounded.grow(40) == Rejection::none);
    CHECK(bounded.shrink(110) == Rejection::none);
}

TEST_CASE("limits are tested on what the whole entry leaves behind", "[ledger][limits]") {
    SmallBook small;
    const auto dan = small.open("users:dan", "USD", AccountType::liability, {net(0), net(100)});
    small.submit(SmallBook::transfer(small.cash, small.alice, of(50)));
    // Alone each of dan's credits is within the maximum, together they are not.
    small.submit(SmallBook::entry({SmallBook::posting(small.cash, Side::debit, of(120)),
                                   SmallBook::posting(dan, Side::credit, of(60)),
                                   SmallBook::posting(dan, Side::credit, of(60))}));
    CHECK(small.decision.rejection == Rejection::limit_exceeded);
    CHECK(shortfall_of(small.decision) == Shortfall{dan, 1, net(0), net(100)});
    CHECK(small.totals(dan) == Totals{});
}

TEST_CASE("a minimum is tested before a maximum of an earlier posting", "[ledger][limits]") {
    SmallBook small;
    const auto full = small.open("users:full", "USD", AccountType::liability, {{}, net(10)});
    small.decide_only(SmallBook::entry({SmallBook::posting(full, Side::credit, of(11)),
                                        SmallBook::posting(small.alice, Side::debit, of(11))}));
    CHECK(small.decision.rejection == Rejection::insufficient_funds);
    CHECK(shortfall_of(small.decision) == Shortfall{small.alice, 1, net(0), net(0)});
}

TEST_CASE("bounds at the ends of 128 bits bind nothing and break nothing", "[ledger][limits]") {
    const SignedAmount least{std::uint64_t{1} << 63, 0};
    const SignedAmount largest{~std::uint64_t{0} >> 1, ~std::uint64_t{0}};
    SmallBook small;
    const auto wide = small.open("wide", "USD", AccountType::liability, {least, largest});
    small.submit(SmallBook::transfer(small.cash, wide, kSideTotalMax));
    CHECK(small.decision.kind == Decision::Kind::accepted);
    small.submit(SmallBook::transfer(wide, small.bob, kSideTotalMax));
    CHECK(small.decision.kind == Decision::Kind::accepted);
}

}  // namespace daybook
