#include "bench/tenths.h"

#include <catch2/catch.hpp>

using daybook::bench::Tenths;

TEST_CASE("the first and the last tenth are timed on their own", "[bench]") {
    const Tenths::Time start;
    const auto at = [&](int seconds) { return start + std::chrono::seconds{seconds}; };
    Tenths tenths{1000, start};
    tenths.note(50, at(1));
    tenths.note(120, at(3));
    tenths.note(500, at(5));
    tenths.note(899, at(7));
    tenths.note(920, at(8));
    CHECK(tenths.first_rate() == Approx(40));
    CHECK(tenths.last_rate(at(10)) == Approx(40));
}

TEST_CASE("a run too short to have tenths has no rates of them", "[bench]") {
    Tenths tenths{1000, {}};
    CHECK(tenths.first_rate() == 0);
    CHECK(tenths.last_rate({}) == 0);
}
