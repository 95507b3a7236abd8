#include "bench/figures.h"

#include <catch2/catch.hpp>

namespace daybook::bench {

TEST_CASE("a spread is the middle run and the outermost ones", "[bench]") {
    const auto odd = spread_of({3, 1, 2});
    CHECK(odd.median == 2);
    CHECK(odd.min == 1);
    CHECK(odd.max == 3);
    CHECK(spread_of({4, 1, 2, 3}).median == 2.5);
    CHECK(spread_of({7}).median == 7);
}

TEST_CASE("a report has each figure once, in the order of the first run", "[bench]") {
    Report report;
    for (const double value : {10.0, 30.0, 20.0}) {
        Figures run;
        run.add("per_second", value);
        run.add("ms", 1 / value);
        report.runs.push_back(run);
    }
    const auto lines = report.lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].name == "per_second");
    CHECK(lines[0].spread.median == 20);
    CHECK(lines[1].name == "ms");
    CHECK(lines[1].spread.max == 0.1);
    CHECK_FALSE(report.find("nothing"));
    CHECK(Report{}.lines().empty());
}

TEST_CASE("a latency is four figures in milliseconds", "[bench]") {
    Histogram latency;
    for (int i = 1; i <= 100; ++i)
        latency.add(std::chrono::milliseconds{i});
    Figures figures;
    figures.add_latency("message", latency);
    CHECK(figures.find("message_p50_ms").value() == Approx(50).epsilon(0.04));
    CHECK(figures.find("message_p90_ms").value() == Approx(90).epsilon(0.04));
    CHECK(figures.find("message_p99_ms").value() == Approx(99).epsilon(0.04));
    CHECK(figures.find("message_max_ms").value() == Approx(100));
}

}  // namespace daybook::bench
