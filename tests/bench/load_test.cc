#include <chrono>
#include <vector>

#include <catch2/catch.hpp>

#include "bench/account_choice.h"
#include "bench/environment.h"
#include "bench/floor.h"
#include "bench/pace.h"
#include "bench/random.h"
#include "bench/server.h"

namespace daybook::bench {

namespace {

constexpr std::uint64_t kAccounts = 1000;
constexpr std::uint64_t kPicks = 100'000;

// How often each account is on either side.
std::vector<std::uint64_t> touches(Distribution distribution, std::uint64_t accounts) {
    const AccountChoice choice{distribution, accounts};
    Random random{1};
    std::vector<std::uint64_t> counts(accounts);
    for (std::uint64_t i = 0; i < kPicks; ++i) {
        const auto [debit, credit] = choice.pick(random);
        REQUIRE(debit != credit);
        ++counts.at(debit);
        ++counts.at(credit);
    }
    return counts;
}

}  // namespace

TEST_CASE("a transfer moves between two different accounts, however few there are", "[bench]") {
    for (const auto distribution : {Distribution::uniform, Distribution::zipf, Distribution::hot}) {
        const auto counts = touches(distribution, 2);
        CHECK(counts[0] == kPicks);
        CHECK(counts[1] == kPicks);
    }
}

TEST_CASE("uniform touches all accounts alike", "[bench]") {
    for (const auto count : touches(Distribution::uniform, kAccounts)) {
        CHECK(count > 100);
        CHECK(count < 300);
    }
}

TEST_CASE("zipf gives the busiest account the share its law says", "[bench]") {
    const auto counts = touches(Distribution::zipf, kAccounts);
    // 1 / zeta(1000, 0.99) = 0.13 of all picks, a few more when a second pick was the same.
    CHECK(static_cast<double>(counts[0]) == Approx(2 * kPicks * 0.13).epsilon(0.1));
    CHECK(counts[0] > counts[1]);
    CHECK(counts[1] > counts[9]);
    CHECK(counts[9] > counts[99]);
}

TEST_CASE("a hot account is in every transfer, on either side", "[bench]") {
    const auto counts = touches(Distribution::hot, kAccounts);
    CHECK(counts[0] == kPicks);
}

TEST_CASE("at a fixed rate a message is due whether or not others were answered", "[bench]") {
    using std::chrono::microseconds;
    const Pace::Time start{microseconds{1000}};
    const Pace pace{start, microseconds{250}};
    CHECK(pace.due(0) == start);
    CHECK(pace.due(4) == start + microseconds{1000});
    CHECK_FALSE(Pace{}.due(4));
}

TEST_CASE("the bare append makes the commits asked for and stops when told", "[bench]") {
    const auto directory = TemporaryDirectory::create(std::filesystem::temp_directory_path());
    REQUIRE(directory);
    const auto floor = append_bare(directory->path(), 20, 5000, [] { return Result<void>{}; });
    REQUIRE(floor);
    CHECK(floor->blocks == 20);
    CHECK(floor->commits.count() == 20);
    CHECK(floor->blocks_per_second() > 0);
    const Watch stop = [] { return Result<void>{fail(ErrorCode::try_again, "stopped")}; };
    const auto other = TemporaryDirectory::create(std::filesystem::temp_directory_path());
    REQUIRE(other);
    CHECK_FALSE(append_bare(other->path(), 20, 5000, stop));
    CHECK_FALSE(sync_bare(other->path(), stop));
}

TEST_CASE("a measurement the disk has no room for does not start", "[bench]") {
    const auto here = std::filesystem::temp_directory_path();
    CHECK_FALSE(check_room(here, 1e18));
    CHECK_FALSE(check_room(here / "there-is-no-such-directory", 1));
    const auto refused = check_room(here, 1e18);
    CHECK(refused.error().detail.find("--dir") != std::string::npos);
}

}  // namespace daybook::bench
