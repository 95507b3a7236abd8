// `daybook bench crossfire`: many producers hit the same accounts from all sides at once, click
// twice, race for the same money and reuse keys; then every answer is checked from outside.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/crossfire_plan.h"
#include "bench/crossfire_tally.h"
#include "bench/histogram.h"
#include "bench/target.h"
#include "bench/transfers.h"

namespace daybook::bench {

struct CrossfireOptions {
    Place place;
    CrossfireShape shape;
    std::size_t batch = 100;  // commands a message
    std::size_t window = 4;   // messages in flight, a producer
    // A server of our own is killed (SIGKILL) after about so many answers and started again.
    std::optional<std::uint64_t> kill_after;
    OnProgress on_progress;
};

struct CrossfireReport {
    CrossfireTally tally;
    std::uint64_t commands = 0;
    std::uint64_t races = 0;
    std::uint64_t deadlocks = 0;  // commands without any answer for more than 10 s
    std::uint64_t kills = 0;
    std::chrono::duration<double> elapsed{0};
    Histogram latency;                  // of messages, from submission to answer
    bool is_journal_checked = false;    // and the projection: there was a data directory to look at
    std::vector<std::string> findings;  // all of them, in words; empty is fine

    double rate() const { return static_cast<double>(tally.sends) / elapsed.count(); }
};

// Blocks until it is done. Nobody else may touch the `crossfire:` accounts meanwhile. `try_again`
// when it was stopped by a signal.
Result<CrossfireReport> run_crossfire(const CrossfireOptions& options);

}  // namespace daybook::bench
