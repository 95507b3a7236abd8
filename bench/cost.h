// `daybook bench cost`: what each step of a transfer costs on a thread that does nothing else, one
// step after the other, without sockets. What a server needs beyond their sum is hand-overs,
// sockets and caches shared by its threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "bench/figures.h"
#include "bench/transfers.h"

namespace daybook::bench {

struct CostOptions {
    std::uint64_t transfers = 3'000'000;  // measured ones, a run; rounded up to whole blocks
    std::uint64_t accounts = 10'000;      // at least 2
    std::size_t messages_per_block = 3;   // of 8,190 transfers each
    unsigned runs = 3;
    std::filesystem::path dir = ".";  // where what is thrown away is kept meanwhile
    OnProgress on_progress;
};

// Blocks until it is done. `try_again` when it was stopped by a signal.
Result<Report> run_cost(const CostOptions& options);

}  // namespace daybook::bench
