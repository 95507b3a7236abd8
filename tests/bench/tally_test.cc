#include "bench/postgres/tally.h"

#include <catch2/catch.hpp>

namespace daybook::bench {

using std::chrono::milliseconds;

namespace {

// Without repeats, so that each operation is the first of its key.
Operations some_operations() {
    return Operations::make({.shape = Shape::graph,
                             .seed = 3,
                             .accounts = 4,
                             .count = 100,
                             .replays_per_mille = 0,
                             .declines_per_mille = 0});
}

}  // namespace

TEST_CASE("only what is answered between warm-up and end is measured, and all of it is audited",
          "[bench]") {
    const auto operations = some_operations();
    const auto timeline = Timeline::from_now(1, 1);
    Tally tally{operations, 4, timeline, 0};
    tally.note(0, Answered::accepted, timeline.started, timeline.warm - milliseconds{1});
    tally.note(1, Answered::accepted, timeline.started, timeline.warm);
    tally.note(2, Answered::declined, timeline.started, timeline.warm + milliseconds{500});
    tally.note(3, Answered::accepted, timeline.started, timeline.over);
    CHECK(tally.measured().accepted == 1);
    CHECK(tally.measured().declined == 1);
    CHECK(tally.all().accepted == 3);
    const std::vector<std::int64_t> before(4, 10'000);
    std::vector<std::int64_t> after = before;
    for (const std::uint64_t index : {0U, 1U, 3U}) {
        const auto operation = operations.at(index);
        after[operation.from] -= static_cast<std::int64_t>(operation.amount);
        after[operation.to] += static_cast<std::int64_t>(operation.amount);
    }
    tally.audit(before, after);
    CHECK(tally.findings().empty());
}

TEST_CASE("the audit finds a lost transfer, created money and an overdraft", "[bench]") {
    const auto operations = some_operations();
    const auto timeline = Timeline::from_now(0, 1);
    Tally tally{operations, 4, timeline, 0};
    SECTION("lost") {
        tally.note(0, Answered::accepted, timeline.started, timeline.warm);
        tally.audit({5000, 5000, 5000, 5000}, {5000, 5000, 5000, 5000});
        CHECK(tally.findings().size() == 2);
    }
    SECTION("created") {
        tally.audit({5000, 5000, 5000, 5000}, {5000, 5000, 5000, 5001});
        CHECK(tally.findings().size() == 2);
    }
    SECTION("below zero") {
        tally.audit({-1, 1, 0, 0}, {-1, 1, 0, 0});
        CHECK(tally.findings().size() == 1);
    }
}

TEST_CASE("a key accepted twice is found", "[bench]") {
    const auto operations = some_operations();
    const auto timeline = Timeline::from_now(0, 1);
    // Of a run that started in the plan's second lap.
    Tally tally{operations, 4, timeline, 100};
    CHECK(tally.is_first_of_its_key(105));
    tally.note(105, Answered::accepted, timeline.started, timeline.warm);
    CHECK_FALSE(tally.is_first_of_its_key(105));
    CHECK(tally.findings().empty());
    tally.note(105, Answered::accepted, timeline.started, timeline.warm);
    CHECK(tally.findings().size() == 1);
}

}  // namespace daybook::bench
