#include <catch2/catch.hpp>

#include "ledger/form.h"
#include "tests/ledger/small_book.h"

namespace daybook {

namespace {

Posting debit(AccountNumber account, Amount amount) {
    return SmallBook::posting(account, Side::debit, amount);
}
Posting credit(AccountNumber account, Amount amount) {
    return SmallBook::posting(account, Side::credit, amount);
}

constexpr Amount kOneBelowMax{~std::uint64_t{0} >> 1, ~std::uint64_t{0} - 1};

}  // namespace

TEST_CASE("an entry balances in each asset by itself", "[ledger][decide]") {
    SmallBook small;
    const auto dealer = small.open("fx:usd", "USD", AccountType::equity);
    const auto dealer_euros = small.open("fx:eur", "EUR", AccountType::equity);
    small.submit(SmallBook::transfer(small.cash, small.alice, of(110)));
    small.submit(SmallBook::entry({debit(small.alice, of(110)), credit(dealer, of(110)),
                                   debit(dealer_euros, of(100)), credit(small.carol, of(100))}));
    CHECK(small.decision.kind == Decision::Kind::accepted);
    CHECK(small.totals(small.carol).posted_credits == of(100));
    // In sum over both assets debits equal credits, in neither asset do they.
    small.decide_only(SmallBook::entry({debit(small.cash, of(5)), credit(small.bob, of(4)),
                                        debit(dealer_euros, of(4)), credit(small.carol, of(5))}));
    CHECK(small.decision.rejection == Rejection::unbalanced);
}

TEST_CASE("several postings on one account and side are touches one after another",
          "[ledger][decide]") {
    SmallBook small;
    small.submit(SmallBook::entry(
        {debit(small.cash, of(10)), credit(small.bob, of(15)), debit(small.cash, of(5))}));
    REQUIRE(small.decision.touches.size() == 3);
    const auto& touches = small.decision.touches;
    CHECK(touches[0].version == 1);
    CHECK(touches[0].after.posted_debits == of(10));
    CHECK(touches[2].version == 2);
    CHECK(touches[2].after.posted_debits == of(15));
    CHECK(touches[2].links.prev == TouchPointer{small.head, 0});
    CHECK(small.book.find(small.cash)->version == 2);
}

TEST_CASE("the largest entry is decided and linked", "[ledger][decide]") {
    SmallBook small;
    std::vector<Posting> postings;
    for (std::size_t i = 0; i + 1 < kPostingsMax; ++i)
        postings.push_back(debit(small.cash, of(1)));
    postings.push_back(credit(small.bob, of(kPostingsMax - 1)));
    small.submit(SmallBook::entry(postings));
    REQUIRE(small.decision.kind == Decision::Kind::accepted);
    CHECK(small.decision.touches.size() == kPostingsMax);
    CHECK(small.book.find(small.cash)->version == kPostingsMax - 1);
    CHECK(small.totals(small.cash).posted_debits == of(kPostingsMax - 1));
}

TEST_CASE("a side total reaches 2^127-1 and not one more", "[ledger][decide]") {
    SmallBook small;
    small.submit(SmallBook::transfer(small.cash, small.bob, kOneBelowMax));
    REQUIRE(small.decision.kind == Decision::Kind::accepted);
    small.decide_only(SmallBook::transfer(small.cash, small.bob, of(2)));
    CHECK(small.decision.rejection == Rejection::overflow);
    CHECK(small.decision.subject == small.cash.value());
    small.submit(SmallBook::transfer(small.cash, small.bob, of(1)));
    REQUIRE(small.decision.kind == Decision::Kind::accepted);
    CHECK(small.totals(small.bob).posted_credits == kSideTotalMax);
    small.decide_only(SmallBook::transfer(small.cash, small.bob, of(1)));
    CHECK(small.decision.rejection == Rejection::overflow);
    // The other side of the same accounts still has all its room.
    small.submit(SmallBook::transfer(small.bob, small.cash, kSideTotalMax));
    CHECK(small.decision.kind == Decision::Kind::accepted);
}

TEST_CASE("held amounts count towards the side total", "[ledger][decide]") {
    SmallBook small;
    const Totals held{{}, {}, {}, kOneBelowMax};
    small.book.install(Touch{small.bob, 1, {}, held}, TouchPointer{Seq{20}, 0});
    small.decide_only(SmallBook::transfer(small.cash, small.bob, of(2)));
    CHECK(small.decision.rejection == Rejection::overflow);
    CHECK(small.decision.subject == small.bob.value());
    small.decide_only(SmallBook::transfer(small.cash, small.bob, of(1)));
    CHECK(small.decision.kind == Decision::Kind::accepted);
}

TEST_CASE("postings that only together pass the side total are an overflow", "[ledger][decide]") {
    SmallBook small;
    const Amount half{std::uint64_t{1} << 62, 0};
    small.decide_only(SmallBook::entry({debit(small.cash, half), debit(small.cash, half),
                                        credit(small.bob, half), credit(small.alice, half)}));
    CHECK(small.decision.rejection == Rejection::overflow);
    CHECK(small.decision.subject == small.cash.value());
}

TEST_CASE("accounts are named by number and by code in one entry", "[ledger][decide]") {
    SmallBook small;
    small.submit(SmallBook::entry(
        {SmallBook::posting("bank:cash", Side::debit, of(3)), credit(small.bob, of(3))}));
    CHECK(small.decision.kind == Decision::Kind::accepted);
    CHECK(small.totals(small.cash).posted_debits == of(3));
    small.decide_only(SmallBook::entry(
        {SmallBook::posting("bank:cash", Side::debit, of(3)), credit(small.cash, of(3))}));
    CHECK(small.decision.rejection == Rejection::same_account);
}

}  // namespace daybook
