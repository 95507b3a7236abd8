// Tenths: how fast the first and the last tenth of a run went. The measuring thread's.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace daybook::bench {

class Tenths {
public:
    using Time = std::chrono::steady_clock::time_point;

    Tenths() = default;
    Tenths(std::uint64_t total, Time started) : total_{total}, started_{started} {}

    // Told often how much is done; the times are as exact as that.
    void note(std::uint64_t done) { note(done, std::chrono::steady_clock::now()); }
    void note(std::uint64_t done, Time now) {
        if (!first_ && done >= total_ / 10) first_ = Mark{done, now};
        if (!last_ && done >= total_ - total_ / 10) last_ = Mark{done, now};
    }

    // A second; 0 when it was not noted.
    double first_rate() const { return first_ ? rate(first_->done, first_->at - started_) : 0; }
    double last_rate(Time ended) const {
        return last_ && ended > last_->at ? rate(total_ - last_->done, ended - last_->at) : 0;
    }

private:
    struct Mark {
        std::uint64_t done;
        Time at;
    };
    static double rate(std::uint64_t count, std::chrono::duration<double> elapsed) {
        return static_cast<double>(count) / elapsed.count();
    }

    std::uint64_t total_ = 0;
    Time started_;
    std::optional<Mark> first_;
    std::optional<Mark> last_;
};

}  // namespace daybook::bench
