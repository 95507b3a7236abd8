// `daybook bench transfers`: how many transfers a second become durable, producers included, beside
// what bare LMDB, bare ZeroMQ and the disk do with the same bytes in the same run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "bench/account_choice.h"
#include "bench/figures.h"
#include "bench/target.h"

namespace daybook::bench {

// Told from time to time how much is done.
using OnProgress = std::function<void(std::uint64_t done)>;

struct TransfersOptions {
    Place place;
    std::size_t batch = 8190;  // transfers a message
    std::uint64_t accounts = 10'000;
    Distribution distribution = Distribution::uniform;
    std::uint64_t transfers = 5'000'000;  // measured ones, a run; rounded up to whole messages
    unsigned producers = 2;               // processes
    // Messages in flight, a producer (4 if 0) or a client (1 if 0: it waits for each answer).
    std::size_t window = 0;
    // Above 0: so many clients, each with a connection of its own, in the producers' processes, one
    // transfer a message.
    std::size_t clients = 0;
    std::uint64_t rate = 0;  // transfers a second in all; 0: as fast as it goes
    unsigned runs = 3;
    bool has_floor = true;     // measures the floor after each run
    bool samples_lag = false;  // looks all the time how far the projection is behind
    OnProgress on_progress;
};

// Blocks until it is done. `try_again` when it was stopped by a signal.
Result<Report> run_transfers(const TransfersOptions& options);

}  // namespace daybook::bench
