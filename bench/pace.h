// Pace: when each message of a fixed rate is due, whether or not the one before was answered. What
// waits is counted from then on (no coordinated omission).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace daybook::bench {

class Pace {
public:
    using Time = std::chrono::steady_clock::time_point;

    // As fast as it goes.
    Pace() = default;
    // Message n is due n intervals after `first`.
    Pace(Time first, std::chrono::nanoseconds interval) : first_{first}, interval_{interval} {}

    bool is_fixed() const { return interval_.count() > 0; }
    // Nothing: at once.
    std::optional<Time> due(std::uint64_t number) const {
        if (!is_fixed()) return std::nullopt;
        return first_ + interval_ * static_cast<std::int64_t>(number);
    }

private:
    Time first_;
    std::chrono::nanoseconds interval_{0};
};

}  // namespace daybook::bench
