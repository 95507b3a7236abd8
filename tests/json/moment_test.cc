#include "json/moment.h"

#include <catch2/catch.hpp>

namespace daybook::json {

namespace {

std::string read(const char* text) {
    const auto moment = parse_moment(text);
    return moment ? to_string(*moment) : "usage";
}

}  // namespace

TEST_CASE("a moment is a day or RFC 3339", "[json]") {
    CHECK(read("2026-03-01") == "2026-03-01T00:00:00.000000Z");
    CHECK(read("2026-03-01T12:00:00Z") == "2026-03-01T12:00:00.000000Z");
    CHECK(read("2026-03-01t12:00:00.5z") == "2026-03-01T12:00:00.500000Z");
    CHECK(read("2026-03-01T00:30:00+01:00") == "2026-02-28T23:30:00.000000Z");
    CHECK(read("2026-03-01T23:30:00-01:00") == "2026-03-02T00:30:00.000000Z");
    CHECK(read("2024-02-29") == "2024-02-29T00:00:00.000000Z");
    CHECK(read("1969-12-31T23:59:59.75Z") == "1969-12-31T23:59:59.750000Z");
    CHECK(parse_moment("2026-03-01T12:00:00.123456789Z")->nanoseconds() % 1'000'000'000 ==
          123'456'789);
}

TEST_CASE("what is recorded by a moment is what is shown with it", "[json]") {
    const auto past_second = [](const char* text) {
        return parse_moment_through(text)->nanoseconds() % 1'000'000'000;
    };
    CHECK(past_second("2026-03-01") == 999);
    CHECK(past_second("2026-03-01T12:00:00Z") == 999);
    CHECK(past_second("2026-03-01T12:00:00.5+01:00") == 500'000'999);
    CHECK(past_second("2026-03-01T12:00:00.123456Z") == 123'456'999);
    CHECK(past_second("2026-03-01T12:00:00.1234560Z") == 123'456'000);
    CHECK(past_second("2026-03-01T12:00:00.123456789Z") == 123'456'789);
    CHECK_FALSE(parse_moment_through("now"));
}

TEST_CASE("what is no moment is refused", "[json]") {
    for (const auto* const text : {"",
                                   "now",
                                   "2026",
                                   "2026-3-1",
                                   "2026-02-29",
                                   "2026-13-01",
                                   "2026-03-01T",
                                   "2026-03-01 ",
                                   "2026-03-01T12:00Z",
                                   "2026-03-01T12:00:00",
                                   "2026-03-01T24:00:00Z",
                                   "2026-03-01T12:60:00Z",
                                   "2026-03-01T12:00:00.Z",
                                   "2026-03-01T12:00:00.1234567890Z",
                                   "2026-03-01T12:00:00+1:00",
                                   "2026-03-01T12:00:00+01:00x",
                                   "-026-03-01",
                                   "1970-01-01",
                                   "1970-01-01T00:00:00Z",
                                   "1600-01-01",
                                   "2300-01-01"}) {
        CAPTURE(text);
        CHECK(read(text) == "usage");
    }
}

TEST_CASE("a time span is a number and its unit", "[json]") {
    CHECK(parse_time_span("90s")->count() == 90);
    CHECK(parse_time_span("30m")->count() == 1800);
    CHECK(parse_time_span("12h")->count() == 43'200);
    CHECK(parse_time_span("7d")->count() == 604'800);
    for (const auto* const text : {"", "7", "d", "0s", "-1d", "1.5h", "7 d", "7dd", "7w",
                                   "99999999999999999999s", "40000d"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_time_span(text));
    }
}

}  // namespace daybook::json
