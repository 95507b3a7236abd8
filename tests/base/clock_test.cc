#include "base/clock.h"

#include <cstdint>
#include <limits>

#include <catch2/catch.hpp>

namespace daybook {

TEST_CASE("a stamp is written in UTC with microseconds", "[base][clock]") {
    CHECK(to_string(Stamp{0}) == "1970-01-01T00:00:00.000000Z");
    CHECK(to_string(Stamp{1'772'366'400'123'456'789}) == "2026-03-01T12:00:00.123456Z");
}

TEST_CASE("a stamp before 1970 rounds down like any other", "[base][clock]") {
    CHECK(to_string(Stamp{-1}) == "1969-12-31T23:59:59.999999Z");
    CHECK(to_string(Stamp{-1'000'000'000}) == "1969-12-31T23:59:59.000000Z");
}

TEST_CASE("the extreme stamps have a text", "[base][clock]") {
    CHECK(to_string(Stamp{std::numeric_limits<std::int64_t>::max()}) ==
          "2262-04-11T23:47:16.854775Z");
    CHECK(to_string(Stamp{std::numeric_limits<std::int64_t>::min()}) ==
          "1677-09-21T00:12:43.145224Z");
}

TEST_CASE("stamps compare by time and zero is none", "[base][clock]") {
    CHECK(Stamp{}.is_none());
    CHECK_FALSE(Stamp{1}.is_none());
    CHECK(Stamp{1} < Stamp{2});
}

TEST_CASE("the system clock is past the year this was written in", "[base][clock]") {
    SystemClock clock;
    CHECK(clock.now() > Stamp{1'700'000'000'000'000'000});
}

}  // namespace daybook
