#include "base/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace daybook {

namespace {
constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
}

std::string to_string(Stamp stamp) {
    std::int64_t seconds = stamp.nanoseconds() / kNanosecondsPerSecond;
    std::int64_t rest = stamp.nanoseconds() % kNanosecondsPerSecond;
    if (rest < 0) {
        rest += kNanosecondsPerSecond;
        --seconds;
    }
    const std::time_t whole{seconds};
    std::tm utc{};
    gmtime_r(&whole, &utc);
    std::array<char, 96> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
                      utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                      utc.tm_sec, static_cast<int>(rest / 1000));
    return {text.data(), static_cast<std::size_t>(length)};
}

Stamp SystemClock::now() {
    std::timespec moment{};
    clock_gettime(CLOCK_REALTIME, &moment);
    return Stamp{std::int64_t{moment.tv_sec} * kNanosecondsPerSecond + moment.tv_nsec};
}

}  // namespace daybook
