// `daybook bench sustained`: whether it stays as fast as it is, in bounded memory, for minutes and
// for gigabytes.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "bench/figures.h"
#include "bench/transfers.h"

namespace daybook::bench {

struct SustainedOptions {
    Place place;
    std::size_t batch = 1000;
    std::uint64_t accounts = 10'000;
    unsigned producers = 2;
    std::size_t window = 4;
    std::uint64_t rate = 150'000;  // transfers a second; 0: as fast as it goes
    std::uint64_t seconds = 600;   // how long, unless `gigabytes`
    std::uint64_t gigabytes = 0;   // until the journal has grown by so much; 0: for `seconds`
    OnProgress on_progress;        // told seconds, or megabytes
};

// One run whose parts are its tenths. Blocks until it is done. `try_again` when it was stopped by a
// signal.
Result<Report> run_sustained(const SustainedOptions& options);

}  // namespace daybook::bench
