// Journals made by other rules: what was recorded follows from another command, or from a decision
// that was altered before it was applied, than the one stated.
#include "cli/what_if.h"

#include <catch2/catch.hpp>

#include "tests/cli/journal_maker.h"

namespace daybook::cli {

namespace {

using test::JournalMaker;
using test::key;
using test::Place;

WhatIf what_if_of(const JournalMaker& journal, WhatIfOptions options = {}) {
    auto result = what_if(journal.environment(), options);
    if (!result) FAIL(result.error().detail);
    return *std::move(result);
}

// Of rules under which nobody has a limit: 1 bank:cash, 2 users:alice, 3 users:bob.
void add_basics_without_limits(JournalMaker& journal) {
    const Limits no_overdraft{SignedAmount{}, {}};
    journal.add(DefineAsset{key(1), "USD", 2});
    journal.add(OpenAccount{key(2), "bank:cash", "USD", AccountType::asset, {}});
    journal.add_as(OpenAccount{key(3), "users:alice", "USD", AccountType::liability, {}},
                   OpenAccount{key(3), "users:alice", "USD", AccountType::liability, no_overdraft});
    journal.add_as(OpenAccount{key(4), "users:bob", "USD", AccountType::liability, {}},
                   OpenAccount{key(4), "users:bob", "USD", AccountType::liability, no_overdraft});
    journal.add(JournalMaker::transfer(5, 1, 2, 1000));
}

std::uint64_t count_of(const WhatIf& result, DifferenceKind kind) {
    return result.kinds.at(static_cast<std::size_t>(kind));
}

}  // namespace

TEST_CASE("the rules that made a journal decide it as it is", "[cli][what_if]") {
    const Place place;
    JournalMaker journal{place};
    journal.add_basics();
    journal.add(JournalMaker::transfer(6, 2, 3, 5000));
    journal.add(JournalMaker::transfer(7, 2, 3, 400));
    const auto result = what_if_of(journal);
    CHECK(result.is_same());
    CHECK_FALSE(result.first);
    CHECK(result.to == Seq{7});
    CHECK(result.assets.empty());
}

TEST_CASE("an empty journal has no difference", "[cli][what_if]") {
    const Place place;
    const JournalMaker journal{place};
    CHECK(what_if_of(journal).is_same());
}

TEST_CASE("an overdraft that was accepted is the first difference, and what follows is counted",
          "[cli][what_if]") {
    const Place place;
    JournalMaker journal{place};
    add_basics_without_limits(journal);
    journal.add(JournalMaker::transfer(6, 2, 3, 1500));  // now: insufficient_funds
    journal.add(JournalMaker::transfer(7, 3, 1, 1200));  // now too: Bob has nothing
    journal.add(JournalMaker::transfer(8, 1, 2, 100));   // Alice has other totals now
    const auto result = what_if_of(journal);
    CHECK_FALSE(result.is_same());
    REQUIRE(result.first);
    CHECK(result.first->seq == Seq{6});
    CHECK(result.first->key == key(6));
    CHECK(result.first->difference.kind == DifferenceKind::outcome);
    CHECK(result.first->difference.stored == "accepted");
    CHECK(result.first->difference.decided == "rejected insufficient_funds");
    CHECK(result.records_differ == 3);
    CHECK(count_of(result, DifferenceKind::outcome) == 2);
    CHECK(count_of(result, DifferenceKind::balances) == 1);
    CHECK(result.outcomes.at({Rejection::none, Rejection::insufficient_funds}) == 2);

    // Recorded: Alice −400, Bob 300, the bank −100. Now: Alice 1,100, Bob 0, the bank 1,100.
    CHECK(result.accounts_differ == 3);
    REQUIRE(result.assets.size() == 1);
    CHECK(result.assets.front().more == 1500 + 1200);
    CHECK(result.assets.front().less == 300);
    REQUIRE(result.accounts.size() == 3);
    CHECK(result.accounts[0].code == "users:alice");
    CHECK(result.accounts[0].recorded_balance().minor_units() == -400);
    CHECK(result.accounts[0].decided_balance().minor_units() == 1100);
    CHECK(result.accounts[1].code == "bank:cash");
    CHECK(result.accounts[2].code == "users:bob");
    CHECK_FALSE(result.accounts[2].is_more());
}

TEST_CASE("the list of accounts is bounded, its totals are not", "[cli][what_if]") {
    const Place place;
    JournalMaker journal{place};
    add_basics_without_limits(journal);
    journal.add(JournalMaker::transfer(6, 2, 3, 1500));
    const auto result = what_if_of(journal, {.to = {}, .accounts_max = 1, .go_on = {}});
    CHECK(result.accounts_differ == 2);
    REQUIRE(result.accounts.size() == 1);
    CHECK(result.assets.front().accounts == 2);
    CHECK(result.assets.front().more == 1500);
    CHECK(result.assets.front().less == 1500);
    CHECK(what_if_of(journal, {.to = Seq{5}, .accounts_max = 1, .go_on = {}}).is_same());
}

TEST_CASE("another amount is a difference of balances alone, named with its account",
          "[cli][what_if]") {
    const Place place;
    JournalMaker journal{place};
    journal.add_basics();
    journal.add_as(JournalMaker::transfer(6, 2, 3, 390), JournalMaker::transfer(6, 2, 3, 400));
    const auto result = what_if_of(journal);
    REQUIRE(result.first);
    CHECK(result.first->seq == Seq{6});
    CHECK(result.first->difference.kind == DifferenceKind::balances);
    CHECK(result.first->difference.account == "users:alice (number 2)");
    CHECK(result.first->difference.what == "posted_debits");
    CHECK(result.first->difference.stored == "390");
    CHECK(result.first->difference.decided == "400");
    CHECK(result.records_differ == 1);
    CHECK(result.accounts_differ == 2);
}

TEST_CASE("what refers to an entry that is not made now is decided so", "[cli][what_if]") {
    const Place place;
    JournalMaker journal{place};
    add_basics_without_limits(journal);
    PostEntry overdraft{key(6),
                        {{{{}, "users:alice"}, Side::debit, Amount{0, 1500}},
                         {{{}, "users:bob"}, Side::credit, Amount{0, 1500}}}};
    overdraft.particulars.reference = "order 7";
    overdraft.particulars.is_reference_unique = true;
    journal.add(overdraft);
    PostEntry again = overdraft;
    again.key = key(7);
    for (auto& posting : again.postings)
        posting.amount = Amount{0, 100};
    // Recorded: its reference is taken. Now: it is free, for who needed it first was rejected.
    journal.add_as(VoidKey{key(7)}, again, [](Decision& decision) {
        decision.rejection = Rejection::reference_exists;
        decision.subject = 6;
    });
    const auto result = what_if_of(journal);
    CHECK(result.outcomes.at({Rejection::none, Rejection::insufficient_funds}) == 1);
    CHECK(result.outcomes.at({Rejection::reference_exists, Rejection::none}) == 1);
}

TEST_CASE("holds that are not placed now, or captured, show as differences", "[cli][what_if]") {
    const Place place;
    JournalMaker journal{place};
    add_basics_without_limits(journal);
    journal.add(PlaceHold{key(6), {{}, "users:alice"}, {{}, "users:bob"}, Amount{0, 1500}, {}});
    journal.add(CaptureHold{key(7), EntryId{Seq{6}, 0}, {}, true});
    const auto result = what_if_of(journal);
    CHECK(result.outcomes.at({Rejection::none, Rejection::insufficient_funds}) == 1);
    CHECK(result.outcomes.at({Rejection::none, Rejection::hold_not_found}) == 1);
    CHECK(result.accounts_differ == 2);
}

TEST_CASE("what reverses an entry that is not made now finds none", "[cli][what_if]") {
    const Place place;
    JournalMaker journal{place};
    add_basics_without_limits(journal);
    journal.add(JournalMaker::transfer(6, 2, 3, 1500));  // now: insufficient_funds
    const MadeEntry original{EntryId{Seq{6}, 0},
                             false,
                             {{AccountNumber{2}, Side::debit, Amount{0, 1500}},
                              {AccountNumber{3}, Side::credit, Amount{0, 1500}}}};
    journal.knows({.originals = {original}});
    journal.add(ReverseEntry{key(7), EntryId{Seq{6}, 0}});
    const auto result = what_if_of(journal);
    CHECK(result.outcomes.at({Rejection::none, Rejection::insufficient_funds}) == 1);
    CHECK(result.outcomes.at({Rejection::none, Rejection::entry_not_found}) == 1);
    // There and back: the same balances, by other totals.
    CHECK(result.accounts_differ == 2);
    CHECK(result.assets.front().more == 0);
    CHECK(result.assets.front().less == 0);
}

TEST_CASE("where an opening is decided otherwise, accounts are compared by their codes",
          "[cli][what_if]") {
    const Place place;
    JournalMaker journal{place};
    journal.add_basics();
    // Recorded: rejected. Now: number 4, which Dave has in the journal.
    journal.add_as(VoidKey{key(6)},
                   OpenAccount{key(6), "users:carol", "USD", AccountType::liability, {}});
    journal.add(OpenAccount{key(7), "users:dave", "USD", AccountType::liability, {}});
    journal.add(PostEntry{key(8),
                          {{{{}, "bank:cash"}, Side::debit, Amount{0, 70}},
                           {{{}, "users:dave"}, Side::credit, Amount{0, 70}}}});
    const auto result = what_if_of(journal);
    CHECK(result.outcomes.at({Rejection::voided, Rejection::none}) == 1);
    CHECK(count_of(result, DifferenceKind::subject) == 1);
    CHECK(count_of(result, DifferenceKind::touches) == 1);
    REQUIRE(result.accounts.size() == 1);
    CHECK(result.accounts[0].code == "users:carol");
    CHECK_FALSE(result.accounts[0].recorded);
    CHECK(result.accounts[0].change() == 0);
}

TEST_CASE("a Seq that is not there yet, and a stop, are told", "[cli][what_if]") {
    const Place place;
    JournalMaker journal{place};
    journal.add_basics();
    const auto beyond =
        what_if(journal.environment(), {.to = Seq{9}, .accounts_max = 1, .go_on = {}});
    REQUIRE_FALSE(beyond);
    CHECK(beyond.error().code == ErrorCode::not_found);
    const auto stopped =
        what_if(journal.environment(),
                {.to = {}, .accounts_max = 1, .go_on = [](Seq, Seq) { return false; }});
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().code == ErrorCode::try_again);
}

}  // namespace daybook::cli
