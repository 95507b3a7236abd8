#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

#include "bench/random.h"
#include "bench/server.h"
#include "tests/crash/witness.h"

namespace daybook::crash {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr unsigned kKillAfterMaxMs = 150;
constexpr std::chrono::seconds kFirstAnswerMax{20};
// A start takes some twenty; so many starts are killed themselves.
constexpr unsigned kKillStartAfterMaxMs = 40;
constexpr unsigned kStartsKilledOneIn = 4;

std::string environment(const char* name, const char* otherwise) {
    const char* stated = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return stated == nullptr ? otherwise : stated;
}

template <typename T>
T must(Result<T> result) {
    if (!result) FAIL(result.error().detail);
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// Until the server has acknowledged something in this life, and then for a random while.
void work_until_killed(Witness& witness, bench::Server& server, bench::Random& random) {
    const std::uint64_t before = witness.acknowledged();
    const auto until = steady_clock::now() + kFirstAnswerMax;
    while (witness.acknowledged() == before) {
        REQUIRE(steady_clock::now() < until);
        REQUIRE(server.is_running());
        witness.work();
    }
    const auto kill_at = steady_clock::now() + milliseconds{1 + random.below(kKillAfterMaxMs)};
    while (steady_clock::now() < kill_at)
        witness.work();
    server.kill();
}

// In the middle of recovery, or of making what it will listen on.
void kill_while_it_starts(bench::Server& server, bench::Random& random) {
    must(server.launch_again());
    std::this_thread::sleep_for(
        std::chrono::microseconds{random.below(kKillStartAfterMaxMs * 1000)});
    server.kill();
}

}  // namespace

TEST_CASE("kill -9 at any moment loses nothing acknowledged and doubles nothing",
          "[crash][I1][I5]") {
    const auto directory =
        must(bench::TemporaryDirectory::create(std::filesystem::temp_directory_path()));
    auto server =
        must(bench::Server::start(environment("DAYBOOK_BINARY", DAYBOOK_BINARY), directory.path()));
    const auto seed = static_cast<std::uint64_t>(steady_clock::now().time_since_epoch().count());
    const auto witness = must(Witness::start(server.endpoint(), seed));
    bench::Random random{seed};
    INFO("seed " << seed);

    const int cycles = std::stoi(environment("DAYBOOK_KILL9_CYCLES", "200"));
    int starts_killed = 0;
    for (int cycle = 0; cycle < cycles; ++cycle) {
        work_until_killed(*witness, server, random);
        for (; random.below(kStartsKilledOneIn) == 0; ++starts_killed)
            kill_while_it_starts(server, random);
        must(server.restart());
        witness->ask_again();
    }
    REQUIRE(witness->drain());
    const auto testimony = witness->testify(server.data());
    std::cout << cycles << " cycles, " << starts_killed << " starts killed, "
              << testimony.acknowledged << " acknowledged, " << testimony.lost << " lost, "
              << testimony.doubles << " doubles\n";
    for (const auto& finding : testimony.findings)
        UNSCOPED_INFO(finding);
    CHECK(testimony.findings.empty());
    CHECK(testimony.lost == 0);
    CHECK(testimony.doubles == 0);
    must(server.stop());
}

}  // namespace daybook::crash
