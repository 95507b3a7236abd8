// `daybook bench recovery`: how long a start takes, from the command line to the first answer, with
// a book of so many keys and accounts: after a good end, after SIGKILL, and without `state/`.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "bench/figures.h"
#include "bench/transfers.h"

namespace daybook::bench {

struct RecoveryOptions {
    Place place;  // always a server of our own
    std::uint64_t transfers = 5'000'000;
    std::uint64_t accounts = 100'000;
    std::size_t batch = 8190;
    unsigned producers = 2;
    OnProgress on_progress;
};

// One run whose parts are the starts. Blocks until it is done. `try_again` when it was stopped by a
// signal.
Result<Report> run_recovery(const RecoveryOptions& options);

}  // namespace daybook::bench
