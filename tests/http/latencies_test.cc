#include "http/latencies.h"

#include <catch2/catch.hpp>

namespace daybook::http {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("quantiles are of the messages of the last ten seconds alone", "[http][latencies]") {
    const Latencies::Moment start{seconds{1000}};
    Latencies latencies;
    CHECK_FALSE(latencies.quantile_ms(0.5, start));
    latencies.note(milliseconds{900}, start);
    for (int ms = 1; ms <= 100; ++ms)
        latencies.note(milliseconds{ms}, start + seconds{5});
    CHECK(latencies.quantile_ms(1, start + seconds{9}) == 900.0);
    CHECK(latencies.quantile_ms(1, start + seconds{11}) == 100.0);
    CHECK(latencies.quantile_ms(0, start + seconds{11}) == 1.0);
    CHECK_FALSE(latencies.quantile_ms(0.5, start + seconds{16}));
}

TEST_CASE("of very many messages the newest count", "[http][latencies]") {
    const Latencies::Moment now{seconds{1000}};
    Latencies latencies;
    latencies.note(milliseconds{900}, now);
    for (int i = 0; i < 1024; ++i)
        latencies.note(milliseconds{1}, now);
    CHECK(latencies.quantile_ms(1, now) == 1.0);
}

}  // namespace daybook::http
