// `daybook bench contention`: the same transfers between few accounts and between many, by turns.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "bench/figures.h"
#include "bench/transfers.h"

namespace daybook::bench {

struct ContentionOptions {
    TransfersOptions load;   // its accounts are the many
    std::uint64_t few = 10;  // accounts
};

// Blocks until it is done. `try_again` when it was stopped by a signal.
Result<Report> run_contention(const ContentionOptions& options);

}  // namespace daybook::bench
