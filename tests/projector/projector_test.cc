#include "projector/projector.h"

#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <random>
#include <sys/stat.h>
#include <thread>

#include <catch2/catch.hpp>
#include <lmdb.h>

#include "projector/balances.h"
#include "projector/layout.h"
#include "projector/rows.h"
#include "projector/store.h"
#include "tests/projector/support.h"

namespace daybook::projector {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::Ledger;
using test::must;
using test::Place;

namespace {

// Blocks of every command kind there is, a good part of it rejected.
void write_random_blocks(Ledger& ledger, unsigned seed, int blocks) {
    std::mt19937 engine{seed};
    const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
    for (int block = 0; block < blocks; ++block) {
        for (unsigned count = 1 + random() % 40; count > 0; --count) {
            const std::uint64_t accounts = ledger.book().account_count();
            switch (random() % 12) {
                case 0:
                    ledger.open("extra:" + std::to_string(random() % 500));
                    break;
                case 1:
                    ledger.define("A" + std::to_string(random() % 9));
                    break;
                case 2:
                    ledger.submit(VoidKey{{{static_cast<std::uint8_t>(random() | 1U), 77}}});
                    break;
                case 3:
                    ledger.submit(PostEntry{
                        .key = {{static_cast<std::uint8_t>(random() | 1U), 78}},
                        .postings = {{{AccountNumber{1}, {}}, Side::debit, Amount{0, 5}},
                                     {{AccountNumber{4}, {}}, Side::credit, Amount{0, 3}},
                                     {{AccountNumber{4}, {}}, Side::credit, Amount{0, 2}}},
                        .particulars = {
                            .reference = "r", .description = {}, .tag = {}, .effective_at = {}}});
                    break;
                default:
                    ledger.transfer(1 + random() % accounts, 1 + random() % accounts,
                                    1 + random() % 100);
            }
        }
        ledger.commit();
    }
}

}  // namespace

TEST_CASE("the projection is the fold of the journal at its watermark", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    write_random_blocks(ledger, 1, 40);
    const auto projector = test::open_projector(place, ledger);
    const auto balances = must(Balances::open(place.projection()));
    for (int round = 0; round < 10; ++round) {
        must(projector->catch_up());
        const View view = must(balances->view());
        CHECK(view.watermark().seq == ledger.head().last_seq());
        CHECK(view.watermark().seq == projector->watermark());
        CHECK(view.watermark().block_number == ledger.head().number);
        CHECK(view.watermark().block_hash == ledger.head().hash);
        CHECK(view.watermark().stamp == ledger.head().stamp);
        CHECK(view.watermark().book == test::kBook);
        CHECK(test::text_of(view) == test::text_of(ledger.book()));
        write_random_blocks(ledger, 2U + static_cast<unsigned>(round), 3);
    }
}

TEST_CASE("an empty journal projects to nothing at Seq 0", "[projector]") {
    const Place place;
    const Ledger ledger{place.journal()};
    const View view = test::project(place, ledger);
    CHECK(view.watermark().seq == Seq{});
    CHECK(view.watermark().stamp == test::kStamp);
    CHECK(test::text_of(view).empty());
}

TEST_CASE("a projection is continued where it stands", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    for (unsigned round = 0; round < 5; ++round) {
        write_random_blocks(ledger, round, 4);
        CHECK(test::text_of(test::project(place, ledger)) == test::text_of(ledger.book()));
    }
}

TEST_CASE("a deleted projection is rebuilt to identical content", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    write_random_blocks(ledger, 3, 20);
    const std::string before = test::text_of(test::project(place, ledger));
    fs::remove_all(place.projection());
    CHECK(test::text_of(test::project(place, ledger)) == before);
}

TEST_CASE("a block with more changes than a batch holds is committed in parts", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    ledger.define("USD");
    for (int account = 0; account < 20'000; ++account)
        ledger.open("a:" + std::to_string(account));
    ledger.commit();
    const View view = test::project(place, ledger);
    CHECK(view.watermark().seq == Seq{20'001});
    CHECK(test::text_of(view) == test::text_of(ledger.book()));
    CHECK(must(view.find("a:19999")) == AccountNumber{20'000});
}

TEST_CASE("a projection of another book is rebuilt", "[projector]") {
    const Place place;
    const Place other;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    Ledger stranger{other.journal(), test::kOtherBook};
    test::open_some_accounts(stranger);
    stranger.transfer(1, 2, 3);
    stranger.commit();
    test::project(place, stranger);

    const View view = test::project(place, ledger);
    CHECK(view.watermark().book == test::kBook);
    CHECK(test::text_of(view) == test::text_of(ledger.book()));
}

TEST_CASE("a projection that a journal disagrees with is rebuilt", "[projector]") {
    const Place place;
    const Place other;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    Ledger twin{other.journal()};
    test::open_some_accounts(twin);
    SECTION("because the journal is shorter") {
        twin.transfer(1, 2, 3);
        twin.commit();
    }
    SECTION("because its block is another") {
        twin.transfer(1, 2, 3);
        twin.commit();
        ledger.transfer(1, 2, 4);
        ledger.commit();
    }
    SECTION("because its blocks are cut otherwise") {
        twin.transfer(1, 2, 3);
        twin.commit();
        ledger.transfer(1, 2, 3);
        ledger.transfer(1, 2, 3);
        ledger.commit();
    }
    test::project(place, twin);
    const View view = test::project(place, ledger);
    CHECK(view.watermark().block_hash == ledger.head().hash);
    CHECK(test::text_of(view) == test::text_of(ledger.book()));
}

TEST_CASE("a damaged projection is refused to readers and rebuilt by the projector",
          "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    test::project(place, ledger);
    const auto data = place.projection() / "data.mdb";
    SECTION("truncated") {
        fs::resize_file(data, 3 * 4096);
    }
    SECTION("empty") {
        fs::resize_file(data, 0);
    }
    SECTION("not LMDB's") {
        std::ofstream{data} << std::string(20'000, 'x');
    }
    CHECK(test::error_of(Balances::open(place.projection())).code == ErrorCode::damaged);
    CHECK(test::text_of(test::project(place, ledger)) == test::text_of(ledger.book()));
}

TEST_CASE("a projection of another format version is refused to readers and rebuilt",
          "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    test::project(place, ledger);
    {
        const auto store = must(Store::open(place.projection(), Access::read_write));
        auto txn = must(store->begin(Access::read_write));
        WatermarkRow row = to_row(must(store->watermark(txn.get())));
        row.format_version = kFormatVersion + 1;
        std::string key{kWatermarkKey};
        MDB_val key_val{key.size(), key.data()};
        MDB_val value{sizeof row, &row};
        REQUIRE(mdb_put(txn.get(), store->databases().meta, &key_val, &value, 0) == MDB_SUCCESS);
        // It may have other databases: its version is told all the same.
        REQUIRE(mdb_drop(txn.get(), store->databases().references, 1) == MDB_SUCCESS);
        must(commit(std::move(txn)));
    }
    const auto error = test::error_of(Balances::open(place.projection()));
    CHECK(error.code == ErrorCode::damaged);
    CHECK(error.detail.find("format version " + std::to_string(kFormatVersion + 1)) !=
          std::string::npos);
    CHECK(test::text_of(test::project(place, ledger)) == test::text_of(ledger.book()));
}

TEST_CASE("a data file that no projector made is left alone", "[projector]") {
    const Place place;
    const Ledger ledger{place.journal()};
    const auto refused = Projector::open(ledger.environment(), place.journal());
    CHECK(test::error_of(refused).code == ErrorCode::cannot_create);
    CHECK(fs::exists(place.journal() / "data.mdb"));
}

TEST_CASE("a second projector is refused", "[projector]") {
    const Place place;
    const Ledger ledger{place.journal()};
    auto first = test::open_projector(place, ledger);
    const auto second = Projector::open(ledger.environment(), place.projection());
    CHECK(test::error_of(second).code == ErrorCode::try_again);
    first.reset();
    CHECK(Projector::open(ledger.environment(), place.projection()).has_value());
}

TEST_CASE("a running projector follows within milliseconds and stops at once", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const auto projector = test::open_projector(place, ledger);
    std::jthread runner{[&] { must(projector->run()); }};
    const auto balances = must(Balances::open(place.projection()));
    for (int round = 0; round < 20; ++round) {
        ledger.transfer(1, 2, 1);
        const Seq seq = ledger.commit();
        const View view = must(balances->wait_for(seq, 10s));
        CHECK(test::text_of(view) == test::text_of(ledger.book()));
    }
    const auto asked = std::chrono::steady_clock::now();
    projector->stop();
    runner.join();
    CHECK(std::chrono::steady_clock::now() - asked < 1s);
}

TEST_CASE("a projection removed under a running projector is built again", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const auto projector = test::open_projector(place, ledger);
    must(projector->catch_up());
    const auto balances = must(Balances::open(place.projection()));
    Result<void> outcome;
    std::jthread runner{[&] { outcome = projector->run(); }};
    SECTION("with its directory") {
        fs::remove_all(place.projection());
    }
    SECTION("its files alone") {
        must(Store::remove(place.projection()));
    }
    SECTION("moved away") {
        fs::rename(place.projection(), place.projection().parent_path() / "moved");
    }
    ledger.transfer(1, 2, 1);
    const Seq seq = ledger.commit();
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (!Store::exists(place.projection()) && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(1ms);
    REQUIRE(Store::exists(place.projection()));
    std::this_thread::sleep_for(200ms);  // whoever has it open has seen that it is another
    const View view = must(balances->wait_for(seq, 20s));
    CHECK(test::text_of(view) == test::text_of(ledger.book()));
    // It has its lock again, too.
    const auto second = Projector::open(ledger.environment(), place.projection());
    const bool is_refused = !second && second.error().code == ErrorCode::try_again;
    projector->stop();
    runner.join();
    must(outcome);
    CHECK(is_refused);
}

TEST_CASE("state and watermark move together under a running projector", "[projector]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const auto projector = test::open_projector(place, ledger);
    must(projector->catch_up());
    std::jthread runner{[&] { must(projector->run()); }};
    const auto balances = must(Balances::open(place.projection()));
    std::map<Seq, std::string> texts{{ledger.head().last_seq(), test::text_of(ledger.book())}};
    for (unsigned round = 0; round < 200; ++round) {
        ledger.transfer(1, 4, 1 + round);
        ledger.open("more:" + std::to_string(round));
        texts[ledger.commit()] = test::text_of(ledger.book());
        const View view = must(balances->view());
        REQUIRE(test::text_of(view) == texts[view.watermark().seq]);
    }
    CHECK(test::text_of(must(balances->wait_for(ledger.head().last_seq(), 10s))) ==
          texts.rbegin()->second);
    projector->stop();
}

TEST_CASE("the group may read the projection, nobody else", "[projector]") {
    const Place place;
    const Ledger ledger{place.journal()};
    const mode_t before = umask(077);
    test::project(place, ledger);
    umask(before);
    const auto mode_of = [](const fs::path& path) {
        struct stat file{};
        REQUIRE(stat(path.c_str(), &file) == 0);
        return file.st_mode & 0777U;
    };
    CHECK(mode_of(place.projection()) == 0750);
    CHECK(mode_of(place.projection() / "data.mdb") == 0640);
    CHECK(mode_of(place.projection() / "lock.mdb") == 0660);
}

}  // namespace daybook::projector
