#include "projector/balances.h"

#include <chrono>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <catch2/catch.hpp>

#include "projector/projector.h"
#include "tests/projector/support.h"

namespace daybook::projector {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::Ledger;
using test::must;
using test::Place;

TEST_CASE("a view answers by number and by code, and says nothing for unknown ones",
          "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    ledger.transfer(1, 3, 40);
    ledger.commit();
    const View view = test::project(place, ledger);

    CHECK(must(view.find("users:2")) == AccountNumber{3});
    CHECK_FALSE(must(view.find("users:9")).has_value());
    CHECK_FALSE(must(view.find("")).has_value());
    CHECK_FALSE(must(view.find(std::string(1000, 'x'))).has_value());

    const auto balance = must(view.balance(AccountNumber{3}));
    REQUIRE(balance.has_value());
    CHECK(balance->totals.posted_credits == Amount{0, 40});
    CHECK(balance->version == 1);
    CHECK(balance->last == TouchPointer{Seq{8}, 1});
    CHECK(must(view.balance(AccountNumber{4}))->last.is_none());
    CHECK_FALSE(must(view.balance(AccountNumber{6})).has_value());
    CHECK_FALSE(must(view.balance(AccountNumber{})).has_value());

    CHECK(must(view.account(AccountNumber{3}))->limits.min == SignedAmount{-50});
    CHECK_FALSE(must(view.account(AccountNumber{6})).has_value());
    CHECK(must(view.asset(AssetNumber{2}))->code == "EUR");
    CHECK(must(view.asset(AssetNumber{2}))->scale == 3);
    CHECK_FALSE(must(view.asset(AssetNumber{3})).has_value());
}

TEST_CASE("accounts are visited in the order of opening until the visitor has enough",
          "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    ledger.define("USD");
    for (int account = 300; account > 0; --account)
        ledger.open("a:" + std::to_string(account));
    ledger.commit();
    const View view = test::project(place, ledger);
    std::vector<std::string> codes;
    must(view.for_each_account([&](const AccountInfo& account, const Balance&) {
        CHECK(account.number.value() == codes.size() + 1);
        codes.push_back(account.code);
        return codes.size() < 280;
    }));
    REQUIRE(codes.size() == 280);
    CHECK(codes.front() == "a:300");
    CHECK(codes.back() == "a:21");
}

TEST_CASE("a view stays as it is while the projection moves on", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const auto projector = test::open_projector(place, ledger);
    must(projector->catch_up());
    const auto balances = must(Balances::open(place.projection()));
    const View before = must(balances->view());
    const std::string text = test::text_of(before);
    for (int round = 0; round < 30; ++round) {
        ledger.transfer(1, 4, 1);
        ledger.commit();
        must(projector->catch_up());
    }
    CHECK(test::text_of(before) == text);
    CHECK(before.watermark().seq == Seq{7});
    CHECK(must(balances->view()).watermark().seq == Seq{37});
}

TEST_CASE("waiting for a Seq that does not come ends in try_again", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    test::project(place, ledger);
    const auto balances = must(Balances::open(place.projection()));
    CHECK(must(balances->wait_for(Seq{7}, 0ms)).watermark().seq == Seq{7});
    const auto begun = std::chrono::steady_clock::now();
    const auto error = test::error_of(balances->wait_for(Seq{8}, 30ms));
    CHECK(error.code == ErrorCode::try_again);
    CHECK(error.detail.find("at Seq 7") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - begun >= 30ms);
}

TEST_CASE("without a projection there is nothing to open", "[projector]") {
    const Place place;
    CHECK(test::error_of(Balances::open(place.projection())).code == ErrorCode::not_found);
}

TEST_CASE("handles of one process share its environment", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    auto projector = test::open_projector(place, ledger);
    auto first = must(Balances::open(place.projection()));
    auto second = must(Balances::open(place.projection() / "."));
    View kept = must(first->view());
    first.reset();
    projector.reset();
    // The views outlive the handles, the environment the projector; and it can be taken over.
    CHECK(kept.watermark().seq == Seq{});
    projector = test::open_projector(place, ledger);
    must(projector->catch_up());
    CHECK(must(second->view()).watermark().seq == Seq{7});
}

TEST_CASE("a projector is refused where its process reads already", "[projector]") {
    const Place place;
    const Ledger ledger{place.journal()};
    test::project(place, ledger);
    auto balances = must(Balances::open(place.projection()));
    const auto refused = Projector::open(ledger.environment(), place.projection());
    CHECK(test::error_of(refused).code == ErrorCode::usage);
    balances.reset();
    CHECK(Projector::open(ledger.environment(), place.projection()).has_value());
}

TEST_CASE("a reader moves over to a projection that was rebuilt", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    test::project(place, ledger);
    const auto balances = must(Balances::open(place.projection()));
    const View old = must(balances->view());
    fs::remove(place.projection() / "data.mdb");
    ledger.transfer(1, 4, 1);
    const Seq seq = ledger.commit();
    test::project(place, ledger);
    CHECK(test::text_of(must(balances->wait_for(seq, 10s))) == test::text_of(ledger.book()));
    CHECK(old.watermark().seq == Seq{7});
}

TEST_CASE("a reader in another process sees what is committed", "[projector]") {
    const Place place;
    // The child waits for the projection to appear: no environment may be open across a fork.
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (int attempt = 0; attempt < 10'000; ++attempt) {
            usleep(1000);
            const auto balances = Balances::open(place.projection());
            if (!balances) continue;
            const auto view = (*balances)->wait_for(Seq{8}, 10s);
            if (!view) _exit(2);
            const auto balance = view->balance(AccountNumber{4});
            const bool is_right =
                balance && *balance && (*balance)->totals.posted_credits == Amount{0, 12};
            _exit(is_right ? 0 : 3);
        }
        _exit(4);
    }
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const auto projector = test::open_projector(place, ledger);
    must(projector->catch_up());
    usleep(50'000);
    ledger.transfer(1, 4, 12);
    ledger.commit();
    must(projector->catch_up());
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace daybook::projector
