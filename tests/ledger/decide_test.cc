#include "ledger/decide.h"

#include <catch2/catch.hpp>

#include "tests/ledger/small_book.h"

namespace daybook {

namespace {

struct Rung {
    const char* name;
    Command command;
    Rejection rejection;
    std::uint64_t subject;
};

constexpr AccountNumber kNobody{77};

// Each command breaks its own rung and every later one it can, so the table also fixes precedence.
std::vector<Rung> rungs(const SmallBook& small) {
    const auto entry = [](std::vector<Posting> postings) {
        return SmallBook::entry(std::move(postings));
    };
    const auto debit = [](AccountNumber account, Amount amount) {
        return SmallBook::posting(account, Side::debit, amount);
    };
    const auto credit = [](AccountNumber account, Amount amount) {
        return SmallBook::posting(account, Side::credit, amount);
    };
    constexpr Amount kHuge{~std::uint64_t{0}, 0};
    const auto [cash, alice, bob] = std::tuple{small.cash, small.alice, small.bob};
    const auto key = key_number(6);
    return {
        {"a void", VoidKey{key}, Rejection::voided, 0},
        {"the same asset", DefineAsset{key, "EUR", 2}, Rejection::asset_exists, 2},
        {"another scale", DefineAsset{key, "EUR", 3}, Rejection::asset_exists_with_different_scale,
         2},
        {"no asset before a taken code",
         OpenAccount{key, "bank:cash", "GBP", AccountType::asset, {}}, Rejection::asset_not_found,
         0},
        {"the same account", OpenAccount{key, "bank:cash", "USD", AccountType::asset, {}},
         Rejection::account_exists, cash.value()},
        {"another asset", OpenAccount{key, "bank:cash", "EUR", AccountType::asset, {}},
         Rejection::account_exists_with_different_terms, cash.value()},
        {"another type", OpenAccount{key, "bank:cash", "USD", AccountType::expense, {}},
         Rejection::account_exists_with_different_terms, cash.value()},
        {"other limits", OpenAccount{key, "bank:cash", "USD", AccountType::asset, {net(0), {}}},
         Rejection::account_exists_with_different_terms, cash.value()},
        {"unknown debit before unknown credit",
         SmallBook::transfer(kNobody, AccountNumber{78}, of(1)), Rejection::account_not_found, 77},
        {"unknown credit before funds", SmallBook::transfer(alice, kNobody, of(1)),
         Rejection::account_not_found, 77},
        {"unknown before same account",
         entry({debit(bob, of(1)), credit(bob, of(2)), debit(kNobody, of(1))}),
         Rejection::account_not_found, 77},
        {"unknown code",
         entry({SmallBook::posting("users:nobody", Side::debit, of(1)), credit(bob, of(1))}),
         Rejection::account_not_found, 0},
        {"one account on both sides", SmallBook::transfer(bob, bob, of(1)), Rejection::same_account,
         bob.value()},
        {"same account before unbalanced",
         entry({debit(alice, of(5)), debit(cash, of(1)), credit(alice, of(1))}),
         Rejection::same_account, alice.value()},
        {"two assets in a transfer before funds", SmallBook::transfer(alice, small.carol, of(1)),
         Rejection::unbalanced, 0},
        {"unbalanced before overflow", entry({debit(cash, kHuge), credit(bob, of(1))}),
         Rejection::unbalanced, 0},
        {"unbalanced before funds", entry({debit(alice, of(2)), credit(bob, of(1))}),
         Rejection::unbalanced, 0},
        {"a sum past 128 bits", entry({debit(cash, kHuge), debit(cash, kHuge), credit(bob, of(1))}),
         Rejection::overflow, 0},
        {"a side total past 127 bits before funds", SmallBook::transfer(alice, bob, kHuge),
         Rejection::overflow, alice.value()},
        {"below the minimum", SmallBook::transfer(alice, bob, of(1)), Rejection::insufficient_funds,
         alice.value()},
    };
}

}  // namespace

TEST_CASE("each command is rejected by the first rung it breaks", "[ledger][decide]") {
    SmallBook small;
    for (const auto& rung : rungs(small)) {
        CAPTURE(rung.name);
        const auto& decision = small.decide_only(rung.command);
        CHECK(decision.kind == Decision::Kind::rejected);
        CHECK(name_of(decision.rejection) == name_of(rung.rejection));
        CHECK(decision.subject == rung.subject);
        CHECK(decision.touches.empty());
        CHECK(shortfall_of(decision).has_value() ==
              (rung.rejection == Rejection::insufficient_funds));
    }
}

TEST_CASE("the key settles a command before anything else", "[ledger][decide]") {
    SmallBook small;
    struct Case {
        bool is_same_command;
        bool is_void;
        Decision::Kind kind;
    };
    const auto [is_same, is_void, kind] = GENERATE(
        Case{true, false, Decision::Kind::replayed}, Case{false, false, Decision::Kind::key_reused},
        Case{false, true, Decision::Kind::replayed}, Case{true, true, Decision::Kind::replayed});
    const Facts facts{Facts::Prior{Seq{3}, is_same, is_void}};
    for (const auto& rung : rungs(small)) {
        CAPTURE(rung.name);
        const auto& decision = small.decide_only(rung.command, facts);
        CHECK(decision.kind == kind);
        CHECK(decision.rejection == Rejection::none);
        CHECK(decision.touches.empty());
    }
    Decision decision;
    const Command transfer = SmallBook::transfer(small.cash, small.bob, of(1));
    decide(small.book, facts, transfer, Turn{Seq{9}, Stamp{1}}, decision);
    CHECK(decision.kind == kind);
}

TEST_CASE("a transfer moves an amount from the credit to the debit side", "[ledger][decide]") {
    SmallBook small;
    const auto& decision = small.submit(SmallBook::transfer(small.cash, small.alice, of(100)));
    REQUIRE(decision.kind == Decision::Kind::accepted);
    REQUIRE(decision.touches.size() == 2);
    CHECK(decision.touches[0].account == small.cash);
    CHECK(decision.touches[0].version == 1);
    CHECK(decision.touches[0].after == Totals{of(100), {}, {}, {}});
    CHECK(decision.touches[1].account == small.alice);
    CHECK(decision.touches[1].after == Totals{{}, of(100), {}, {}});
    CHECK(small.totals(small.alice) == decision.touches[1].after);
}

TEST_CASE("deciding changes nothing and gives the same answer again", "[ledger][decide]") {
    SmallBook small;
    small.submit(SmallBook::transfer(small.cash, small.alice, of(100)));
    const Command command = SmallBook::transfer(small.alice, small.bob, of(60));
    const Decision first = small.decide_only(command);
    for (const auto& rung : rungs(small))
        small.decide_only(rung.command);
    const Decision& again = small.decide_only(command);
    CHECK(again.kind == first.kind);
    CHECK(again.touches == first.touches);
    CHECK(small.totals(small.alice) == Totals{{}, of(100), {}, {}});
    CHECK(small.book.find(small.alice)->version == 1);
    CHECK(small.book.account_count() == 5);
}

TEST_CASE("a used decision leaves no trace in the next", "[ledger][decide]") {
    SmallBook small;
    small.decide_only(SmallBook::transfer(small.alice, small.bob, of(1)));
    REQUIRE(shortfall_of(small.decision));
    small.decide_only(SmallBook::transfer(small.cash, small.bob, of(1)));
    CHECK(small.decision.kind == Decision::Kind::accepted);
    CHECK(small.decision.rejection == Rejection::none);
    CHECK(small.decision.subject == 0);
    CHECK_FALSE(shortfall_of(small.decision));
    CHECK(small.decision.touches.size() == 2);
}

TEST_CASE("a transfer and its two-posting entry are decided alike", "[ledger][decide]") {
    SmallBook small;
    for (const auto amount : {of(1), of(0x7fffffff), Amount{1, 0}, kSideTotalMax}) {
        small.decide_only(SmallBook::transfer(small.cash, small.bob, amount));
        const auto touches = small.decision.touches;
        small.decide_only(SmallBook::entry({SmallBook::posting("bank:cash", Side::debit, amount),
                                            SmallBook::posting(small.bob, Side::credit, amount)}));
        CHECK(small.decision.touches == touches);
    }
}

}  // namespace daybook
