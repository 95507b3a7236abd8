// `daybook bench holds`: a share of the commands is two-phase: holds are placed, and captured,
// released or left to expire. At the end nothing may be held.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "bench/figures.h"
#include "bench/transfers.h"

namespace daybook::bench {

struct HoldsOptions {
    Place place;
    std::size_t batch = 1000;  // commands a message
    std::uint64_t accounts = 10'000;
    std::uint64_t commands = 1'000'000;  // measured ones, a run
    unsigned share = 30;                 // of the commands that place or settle a hold, in percent
    std::uint64_t expire_ms = 500;       // after which a hold that is left to it expires
    unsigned producers = 2;
    std::size_t window = 4;
    unsigned runs = 3;
    OnProgress on_progress;
};

// Blocks until it is done. `try_again` when it was stopped by a signal.
Result<Report> run_holds(const HoldsOptions& options);

}  // namespace daybook::bench
