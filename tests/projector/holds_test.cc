#include <vector>

#include <catch2/catch.hpp>

#include "projector/projector.h"
#include "tests/projector/support.h"

namespace daybook::projector {

using test::Ledger;
using test::must;
using test::Place;

namespace {

Id128 key(std::uint8_t number) {
    return {{0xaa, number}};
}

Seq place_hold(Ledger& ledger, std::uint8_t number, std::uint64_t amount, Stamp expires_at = {}) {
    return ledger.submit(PlaceHold{
        key(number), {AccountNumber{4}, {}}, {{}, "bank:cash"}, Amount{0, amount}, expires_at});
}

std::vector<EntryId> ids_of_holds(const View& view) {
    std::vector<EntryId> ids;
    must(view.for_each_hold([&](const OpenHold& hold) {
        ids.push_back(hold.id);
        return true;
    }));
    return ids;
}

}  // namespace

TEST_CASE("open holds are in the projection and ended ones are not", "[projector][holds][I6]") {
    // Whether a batch ends between two steps of a hold must make no difference.
    const bool is_committed_between = GENERATE(false, true);
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const Seq kept = place_hold(ledger, 1, 40, Stamp{9'000'000'000'000'000'000});
    const Seq ended = place_hold(ledger, 2, 7);
    if (is_committed_between) {
        ledger.commit();
        CHECK(ids_of_holds(test::project(place, ledger)).size() == 2);
    }
    ledger.submit(CaptureHold{key(3), {kept, 0}, Amount{0, 15}});
    ledger.submit(ReleaseHold{key(4), {ended, 0}});
    ledger.commit();
    const View view = test::project(place, ledger);
    CHECK(ids_of_holds(view) == std::vector{EntryId{kept, 0}});
    CHECK_FALSE(must(view.hold({ended, 0})));
    const auto hold = must(view.hold({kept, 0}));
    REQUIRE(hold);
    CHECK(hold->debit == AccountNumber{4});
    CHECK(hold->credit == AccountNumber{1});
    CHECK(hold->remaining == Amount{0, 25});
    CHECK(hold->captured == Amount{0, 15});
    CHECK(hold->expires_at == Stamp{9'000'000'000'000'000'000});
    CHECK(must(view.balance(AccountNumber{4}))->totals.held_debits == Amount{0, 25});
}

TEST_CASE("states and limits reach the rows of accounts old and new", "[projector][I6]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    if (GENERATE(false, true)) test::project(place, ledger);
    ledger.submit(SetAccountState{key(1), {{}, "users:1"}, AccountState::frozen_debits});
    ledger.submit(SetLimits{key(2), {{}, "users:1"}, {{}, SignedAmount{77}}});
    ledger.submit(
        Atomic{key(3),
               {DefineAsset{{}, "JPY", 0}, OpenAccount{{}, "yen", "JPY", AccountType::asset, {}},
                SetAccountState{{}, {{}, "yen"}, AccountState::closed},
                SetAccountState{{}, {{}, "users:1"}, AccountState::frozen}}});
    ledger.commit();
    const View view = test::project(place, ledger);
    const auto user = must(view.account(AccountNumber{2}));
    CHECK(user->state == AccountState::frozen);
    CHECK(user->limits == Limits{{}, SignedAmount{77}});
    CHECK(user->code == "users:1");
    CHECK(must(view.balance(AccountNumber{2}))->version == 3);
    const auto yen = must(view.account(AccountNumber{6}));
    REQUIRE(yen);
    CHECK(yen->state == AccountState::closed);
    CHECK(must(view.asset(yen->asset))->code == "JPY");
    CHECK(must(view.find("yen")) == AccountNumber{6});
}

}  // namespace daybook::projector
