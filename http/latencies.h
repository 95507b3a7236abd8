// Latencies: how long the newest messages took to be answered, as far as they are of late: what was
// once says nothing of now. Thread-safe. Private to http/'s sources.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>

namespace daybook::http {

class Latencies {
public:
    using Moment = std::chrono::steady_clock::time_point;

    void note(std::chrono::nanoseconds latency, Moment now);
    // Nothing when none is younger than ten seconds.
    std::optional<double> quantile_ms(double quantile, Moment now) const;

private:
    struct Sample {
        float ms = 0;
        Moment at;
    };

    mutable std::mutex mutex_;
    std::array<Sample, 1024> samples_{};
    std::size_t count_ = 0;
};

}  // namespace daybook::http
