#include "bench/histogram.h"

#include <chrono>

#include <catch2/catch.hpp>

namespace daybook::bench {

using std::chrono::nanoseconds;

TEST_CASE("an empty histogram has nothing to say", "[bench]") {
    const Histogram histogram;
    CHECK(histogram.count() == 0);
    CHECK(histogram.max() == nanoseconds{0});
    CHECK(histogram.quantile(0.99) == nanoseconds{0});
}

TEST_CASE("small durations are counted exactly", "[bench]") {
    Histogram histogram;
    for (int i = 1; i <= 60; ++i)
        histogram.add(nanoseconds{i});
    CHECK(histogram.quantile(0) == nanoseconds{1});
    CHECK(histogram.quantile(0.5) == nanoseconds{30});
    CHECK(histogram.quantile(1) == nanoseconds{60});
}

TEST_CASE("a quantile is at most 3.2 % above the true one and never below it", "[bench]") {
    for (std::int64_t scale = 1; scale < 4'000'000'000'000; scale *= 7) {
        Histogram histogram;
        for (std::int64_t i = 1; i <= 1000; ++i)
            histogram.add(nanoseconds{i * scale});
        for (const std::int64_t percent : {1, 50, 99}) {
            const auto found = histogram.quantile(static_cast<double>(percent) / 100).count();
            const auto truth = percent * 10 * scale;
            CHECK(found >= truth);
            CHECK(static_cast<double>(found) <= static_cast<double>(truth) * 1.032);
        }
        CHECK(histogram.max() == nanoseconds{1000 * scale});
    }
}

TEST_CASE("merging is the same as counting together", "[bench]") {
    Histogram left;
    Histogram right;
    Histogram both;
    for (int i = 0; i < 1000; ++i) {
        const nanoseconds duration{i * 997};
        (i % 3 == 0 ? left : right).add(duration);
        both.add(duration);
    }
    left.merge(right);
    CHECK(left.count() == both.count());
    CHECK(left.max() == both.max());
    CHECK(left.quantile(0.5) == both.quantile(0.5));
    CHECK(left.quantile(0.99) == both.quantile(0.99));
}

}  // namespace daybook::bench
