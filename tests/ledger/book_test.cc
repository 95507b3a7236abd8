#include "ledger/book.h"

#include <catch2/catch.hpp>

#include "ledger/chunked.h"
#include "tests/ledger/small_book.h"

namespace daybook {

TEST_CASE("numbers start at 1 and follow the order of opening", "[ledger][book]") {
    const SmallBook small;
    CHECK(small.book.asset_count() == 2);
    CHECK(small.book.find_asset("EUR") == AssetNumber{2});
    CHECK(small.cash == AccountNumber{1});
    CHECK(small.carol == AccountNumber{5});
    CHECK(small.book.find_account("users:carol") == small.carol);
    CHECK(small.book.terms(small.carol).code == "users:carol");
    CHECK(small.book.terms(small.carol).opened == Seq{7});
    CHECK(small.book.asset(AssetNumber{1}).code == "USD");
}

TEST_CASE("what does not exist is not found", "[ledger][book]") {
    const SmallBook small;
    CHECK(small.book.find(AccountNumber{}) == nullptr);
    CHECK(small.book.find(AccountNumber{6}) == nullptr);
    CHECK(small.book.find(AccountNumber{~std::uint64_t{0}}) == nullptr);
    CHECK_FALSE(small.book.find_account("users"));
    CHECK_FALSE(small.book.find_account(""));
    CHECK_FALSE(small.book.find_asset("usd"));
    small.book.prefetch(AccountNumber{6});
}

TEST_CASE("a rejected opening takes no number", "[ledger][book]") {
    SmallBook small;
    small.submit(OpenAccount{key_number(9), "users:dan", "GBP", AccountType::liability, {}});
    CHECK(small.decision.rejection == Rejection::asset_not_found);
    CHECK(small.open("users:dan", "USD", AccountType::liability) == AccountNumber{6});
}

TEST_CASE("an installed touch links back to the touch before it", "[ledger][book]") {
    SmallBook small;
    small.submit(SmallBook::transfer(small.cash, small.bob, of(1)));
    CHECK(small.decision.touches[1].links == History::Links{});
    const TouchPointer first{small.head, 1};
    small.submit(SmallBook::transfer(small.cash, small.bob, of(2)));
    CHECK(small.decision.touches[1].links == History::Links{first, first});
    CHECK(small.book.find(small.bob)->version == 2);
    CHECK(small.totals(small.bob).posted_credits == of(3));
}

TEST_CASE("a book can be moved", "[ledger][book]") {
    SmallBook small;
    const Book moved = std::move(small.book);
    CHECK(moved.account_count() == 5);
    CHECK(moved.find_account("bank:cash") == small.cash);
}

TEST_CASE("a chunked array grows without moving what it holds", "[ledger][book]") {
    Chunked<std::size_t, 4> numbers;
    numbers.push_back(0);
    const auto* const first = &numbers[0];
    for (std::size_t i = 1; i < 100; ++i)
        numbers.push_back(i);
    CHECK(&numbers[0] == first);
    CHECK(numbers.size() == 100);
    for (std::size_t i = 0; i < 100; ++i)
        CHECK(numbers[i] == i);
}

}  // namespace daybook
