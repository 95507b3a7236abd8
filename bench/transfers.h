// `daybook bench transfers`: how many transfers a second become durable, producers included, beside
// what a bare LMDB append of the same bytes takes in the same run.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/histogram.h"

namespace daybook::bench {

// Told from time to time how much is done.
using OnProgress = std::function<void(std::uint64_t done)>;

struct TransfersOptions {
    std::size_t batch = 8190;  // transfers a message
    std::uint64_t accounts = 10'000;
    std::uint64_t transfers = 5'000'000;  // measured ones; rounded up to whole messages
    unsigned producers = 2;               // processes
    std::size_t window = 4;               // messages in flight, a producer
    std::string endpoint;  // of a running server; empty: one of our own, thrown away afterwards
    std::filesystem::path data;  // the running server's data directory; empty: it is not looked at
    std::filesystem::path dir = ".";  // where a server of our own and the floor keep their files
    std::string binary;               // the `daybook` to start
    bool samples_lag = false;         // looks all the time how far the projection is behind
    OnProgress on_progress;
};

struct TransfersReport {
    std::uint64_t transfers = 0;
    std::chrono::duration<double> elapsed{0};
    // Transfers a second in the first and in the last tenth: whether it stays as fast as it is.
    double first_tenth_rate = 0;
    double last_tenth_rate = 0;
    Histogram latency;                         // of messages, from submission to answer
    std::optional<double> server_cpu_seconds;  // of a server of our own
    double producers_cpu_seconds = 0;
    // With a data directory to look at:
    std::optional<double> journal_bytes_per_transfer;
    std::optional<double> transfers_per_block;
    std::optional<double> floor_rate;   // transfers a second, by a bare LMDB append
    std::optional<Histogram> lag;       // of the projection, if it was sampled
    std::vector<std::string> findings;  // what should not be; empty is fine

    double rate() const { return static_cast<double>(transfers) / elapsed.count(); }
};

// Blocks until it is done. `try_again` when it was stopped by a signal.
Result<TransfersReport> run_transfers(const TransfersOptions& options);

}  // namespace daybook::bench
