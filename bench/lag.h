// `daybook bench lag`: how long after it is durable a command shows in the projection: at rest, and
// under full load.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "bench/figures.h"
#include "bench/histogram.h"
#include "bench/transfers.h"

namespace daybook::bench {

// Watches a running server's data directory from a thread of its own: takes the journal's head,
// waits until the projection shows it, begins again. Looks once a millisecond.
class LagSampler {
public:
    // `data` and its projection must be there. Processes must have been forked before.
    static Result<std::unique_ptr<LagSampler>> start(const std::filesystem::path& data);
    ~LagSampler();
    LagSampler(const LagSampler&) = delete;
    LagSampler& operator=(const LagSampler&) = delete;
    LagSampler(LagSampler&&) = delete;
    LagSampler& operator=(LagSampler&&) = delete;

    // What it has seen since it was asked last.
    Histogram take();
    // Ends it; all it has seen, or why it could not look.
    Result<Histogram> stop();

private:
    explicit LagSampler(std::filesystem::path data) : data_{std::move(data)} {}
    Result<void> sample();
    void note(std::chrono::nanoseconds lag);

    std::filesystem::path data_;
    Histogram all_;  // the thread's until it has ended
    std::mutex mutex_;
    Histogram latest_;
    Result<void> outcome_;
    std::atomic<bool> is_stopping_ = false;
    std::thread thread_;
};

struct LagOptions {
    std::uint64_t posts = 500;  // at rest, one after the other
    std::chrono::milliseconds pause{10};
    TransfersOptions load;
};

// Blocks until it is done. `try_again` when it was stopped by a signal.
Result<Report> run_lag(const LagOptions& options);

}  // namespace daybook::bench
