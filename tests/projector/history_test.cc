#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "projector/account_history.h"
#include "projector/past.h"
#include "tests/projector/told.h"

namespace daybook::projector {

using test::Ledger;
using test::must;
using test::OpenPast;
using test::Place;
using test::RandomLedger;
using test::Told;

namespace {

// Twelve touches of account 3 and 4 each; `alter` changes the links of account 3's tenth.
void write_altered(Ledger& ledger, const std::function<void(History::Links&)>& alter) {
    ledger.define("USD");
    for (const char* code : {"one", "two", "three", "four"})
        ledger.open(code);
    ledger.transfer(1, 2, 1);
    for (unsigned i = 1; i <= 12; ++i) {
        const Transfer transfer{{{0xbb, static_cast<std::uint8_t>(i)}},
                                AccountNumber{3},
                                AccountNumber{4},
                                Amount{0, i},
                                {},
                                {}};
        ledger.submit(transfer, [&](Decision& decision) {
            if (i == 10) alter(decision.touches.front().links);
        });
    }
    ledger.commit();
}

}  // namespace

// Never more than 3 log2 n (tests/ledger/history_test.cc); of 100,000 touches the farthest is 38.
TEST_CASE("any moment of an account with 100,000 touches is at most 40 records away",
          "[projector][history][I14]") {
    constexpr std::size_t kTouches = 100'000;
    const Place place;
    Ledger ledger{place.journal()};
    Told told;
    test::open_some_accounts(ledger);
    std::mt19937_64 random{7};
    const AccountNumber account{1};
    const auto& steps = told.steps(account);
    std::uint64_t head = 7;
    while (steps.size() < kTouches) {
        ledger.transfer(4, random() % 20 == 0 ? 5 : 1, 1 + random() % 100);
        told.note(Seq{++head}, {}, ledger.decision());
        if (head % 1000 == 0) ledger.commit();
    }
    ledger.commit();

    OpenPast open{place, ledger};
    const Past past = open.past();
    const auto newest_up_to = [&](Seq seq) {
        const auto behind = std::ranges::upper_bound(
            steps, seq, {}, [](const Told::Step& step) { return step.at.seq(); });
        return behind == steps.begin() ? TouchPointer{} : (behind - 1)->at;
    };
    std::uint64_t hops_max = 0;
    for (int i = 0; i < 3000; ++i) {
        const Seq seq{random() % (head + 20)};
        auto history = must(past.history(account));
        const auto found = must(history.newest_at(seq));
        REQUIRE((found ? found->at : TouchPointer{}) == newest_up_to(seq));
        hops_max = std::max(hops_max, history.hops());
    }
    CHECK(hops_max <= 40);
    CHECK(hops_max > 10);  // else this test does not reach far
}

TEST_CASE("every balance at every Seq is that of a fold from the beginning",
          "[projector][history][I14]") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const Place place;
        RandomLedger random{place, seed};
        random.run(600);
        OpenPast open{place, random.ledger()};
        const Past past = open.past();
        for (std::uint64_t number = 1; number <= random.ledger().book().account_count(); ++number) {
            const AccountInfo account = *must(open.view.account(AccountNumber{number}));
            for (Seq seq; seq <= past.watermark().next(); seq = seq.next()) {
                const auto balance = must(past.balance_at(account, seq));
                REQUIRE(balance.has_value() == (seq >= account.opened));
                if (!balance) continue;
                REQUIRE(test::is_equal(*balance, random.told().balance_at(account.number, seq)));
            }
        }
    }
}

TEST_CASE("walking back meets every touch once, also several in one record",
          "[projector][history][I14]") {
    const Place place;
    RandomLedger random{place, 11};
    random.run(1500);
    OpenPast open{place, random.ledger()};
    const Past past = open.past();
    bool has_several = false;
    for (std::uint64_t number = 1; number <= random.ledger().book().account_count(); ++number) {
        auto history = must(past.history(AccountNumber{number}));
        auto found = must(history.newest());
        const auto& steps = random.told().steps(AccountNumber{number});
        for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
            REQUIRE(found);
            REQUIRE(found->at == step->at);
            REQUIRE(found->stamp == step->stamp);
            REQUIRE(found->touch == step->touch);
            auto before = must(history.before(*found));
            has_several = has_several || (before && before->at.seq() == found->at.seq());
            found = std::move(before);
        }
        REQUIRE_FALSE(found);
    }
    CHECK(has_several);
}

TEST_CASE("a moment is the last Seq recorded by then", "[projector][history]") {
    const Place place;
    Ledger ledger{place.journal()};
    ledger.define("USD");
    ledger.commit();
    ledger.pass(std::chrono::seconds{10});
    const Stamp second = ledger.stamp();
    ledger.define("EUR");
    ledger.define("GBP");
    ledger.commit();
    ledger.pass(std::chrono::seconds{10});
    ledger.define("JPY");
    ledger.commit();
    auto journal = must(journal::Snapshot::open(ledger.environment()));
    const auto at = [&](Stamp moment) { return must(last_seq_at(journal, moment)).value(); };
    CHECK(at(Stamp{test::kStamp.nanoseconds() - 1}) == 0);
    CHECK(at(test::kStamp) == 1);
    CHECK(at(Stamp{second.nanoseconds() - 1}) == 1);
    CHECK(at(second) == 3);
    CHECK(at(Stamp{second.nanoseconds() + 1}) == 3);
    CHECK(at(ledger.stamp()) == 4);
}

TEST_CASE("history is exact at the watermark, however far the journal is ahead",
          "[projector][history][I14]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    ledger.transfer(1, 2, 5);
    ledger.commit();
    const View view = test::project(place, ledger);
    ledger.transfer(1, 2, 7);
    ledger.commit();
    auto journal = must(journal::Snapshot::open(ledger.environment()));
    const Past past = must(Past::open(view, journal));
    const AccountInfo account = *must(view.account(AccountNumber{2}));
    CHECK(must(past.balance_at(account, Seq{99}))->totals.posted_credits == Amount{0, 5});
    CHECK(must(past.balance_at(account, Seq{7}))->version == 0);
    CHECK_FALSE(must(past.balance_at(account, Seq{3})));
}

TEST_CASE("a projection of another journal is refused", "[projector][history]") {
    const Place place;
    const Place other_place;
    Ledger ledger{place.journal()};
    Ledger other{other_place.journal(), GENERATE(test::kBook, test::kOtherBook)};
    test::open_some_accounts(ledger);
    const View view = test::project(place, ledger);
    auto journal = must(journal::Snapshot::open(other.environment()));
    // It has no block yet; then another one.
    CHECK(test::error_of(Past::open(view, journal)).code == ErrorCode::damaged);
    for (const char* code : {"A", "B", "C", "D", "E", "F", "G", "H"})
        other.define(code);
    other.commit();
    must(journal.refresh());
    CHECK(test::error_of(Past::open(view, journal)).code == ErrorCode::damaged);
}

TEST_CASE("a pointer that does not lead back to the account's own touch is refused",
          "[projector][history]") {
    // Account 3's touches are touch 0 of records 7 to 18; record 16 holds the tenth.
    const auto read_all = [](const std::function<void(History::Links&)>& alter) -> Result<void> {
        const Place place;
        Ledger ledger{place.journal()};
        write_altered(ledger, alter);
        OpenPast open{place, ledger};
        const Past past = open.past();
        for (std::uint64_t seq = 1; seq <= 19; ++seq) {
            auto history = must(past.history(AccountNumber{3}));
            const auto found = history.newest_at(Seq{seq});
            if (!found) return std::unexpected{found.error()};
        }
        return {};
    };
    must(read_all([](History::Links&) {}));

    const TouchPointer wrong =
        GENERATE(TouchPointer{}, TouchPointer{Seq{16}, 0}, TouchPointer{Seq{17}, 0},
                 TouchPointer{Seq{15}, 1}, TouchPointer{Seq{14}, 0}, TouchPointer{Seq{15}, 2},
                 TouchPointer{Seq{3}, 0}, TouchPointer{kSeqMax, 0});
    CHECK(test::error_of(read_all([&](History::Links& links) { links.prev = wrong; })).code ==
          ErrorCode::damaged);
}

TEST_CASE("a jump to another account or forward is refused", "[projector][history]") {
    const Place place;
    Ledger ledger{place.journal()};
    const TouchPointer wrong =
        GENERATE(TouchPointer{Seq{12}, 1}, TouchPointer{Seq{17}, 0}, TouchPointer{Seq{16}, 0});
    write_altered(ledger, [&](History::Links& links) { links.jump = wrong; });
    OpenPast open{place, ledger};
    auto history = must(open.past().history(AccountNumber{3}));
    CHECK(test::error_of(history.newest_before(TouchPointer{Seq{8}, 0})).code ==
          ErrorCode::damaged);
}

}  // namespace daybook::projector
