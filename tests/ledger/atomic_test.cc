#include <catch2/catch.hpp>

#include "tests/ledger/small_book.h"

using namespace daybook;

namespace {

PostEntry pay(AccountNumber debit, AccountNumber credit, std::uint64_t amount) {
    return {{},
            {SmallBook::posting(debit, Side::debit, of(amount)),
             SmallBook::posting(credit, Side::credit, of(amount))}};
}

}  // namespace

TEST_CASE("a rejected atomic changes nothing and says which member and why",
          "[ledger][atomic][I13]") {
    SmallBook small;
    small.submit(SmallBook::transfer(small.cash, small.alice, of(100)));
    const auto before = small.totals(small.alice);
    const auto accounts = small.book.account_count();
    small.submit(Atomic{key_number(9),
                        {OpenAccount{{}, "users:new", "USD", AccountType::liability, {}},
                         PlaceHold{{}, {small.alice, {}}, {small.bob, {}}, of(60), {}},
                         pay(small.alice, small.bob, 41)}});
    REQUIRE(small.decision.kind == Decision::Kind::rejected);
    CHECK(small.decision.rejection == Rejection::insufficient_funds);
    CHECK(small.decision.subject == small.alice.value());
    CHECK(small.decision.touches.empty());
    REQUIRE(small.decision.remarks.size() == 2);
    CHECK(small.decision.remarks[0].kind == RemarkKind::failed);
    CHECK(small.decision.remarks[0].member == 2);
    CHECK(shortfall_of(small.decision) == Shortfall{small.alice, 0, net(40), net(0)});
    CHECK(small.totals(small.alice) == before);
    CHECK(small.book.account_count() == accounts);
    CHECK(small.book.holds().open_count() == 0);
}

TEST_CASE("an accepted atomic has the touches of all its members under one Seq",
          "[ledger][atomic][I13]") {
    SmallBook small;
    small.submit(Atomic{key_number(9),
                        {pay(small.cash, small.alice, 100), pay(small.alice, small.bob, 30),
                         OpenAccount{{}, "users:new", "USD", AccountType::liability, {}},
                         SetAccountState{{}, {{}, "users:new"}, AccountState::frozen}}});
    REQUIRE(small.decision.is_accepted());
    REQUIRE(small.decision.touches.size() == 5);
    // Alice's second touch points back to her first, of the same Seq.
    CHECK(small.decision.touches[2].links.prev == TouchPointer{small.head, 1});
    CHECK(small.decision.touches[2].version == 2);
    const auto number = small.book.find_account("users:new");
    REQUIRE(number);
    CHECK(small.book.find(*number)->state == AccountState::frozen);
    CHECK(small.book.find(*number)->version == 1);
}

TEST_CASE("limits of a member are tested against what the member before it left",
          "[ledger][atomic]") {
    SmallBook small;
    small.submit(SmallBook::transfer(small.cash, small.alice, of(10)));
    small.submit(SetLimits{key_number(8), {small.alice, {}}, {net(50), {}}});
    REQUIRE(small.decision.is_accepted());
    // Up to 30, then down to 20: below the minimum and worse than just before.
    small.submit(
        Atomic{key_number(9), {pay(small.cash, small.alice, 20), pay(small.alice, small.bob, 10)}});
    CHECK(small.decision.rejection == Rejection::insufficient_funds);
    CHECK(shortfall_of(small.decision) == Shortfall{small.alice, 0, net(30), net(50)});
}
