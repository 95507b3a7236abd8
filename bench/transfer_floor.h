// What bare LMDB, bare ZeroMQ and the disk do with what a run of transfers wrote and sent, and the
// run's shares of it. Private to bench/'s sources.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bench/echo.h"
#include "bench/figures.h"
#include "bench/target.h"

namespace daybook::bench {

struct FloorShape {
    std::uint64_t blocks = 0;  // 0: not known
    std::size_t block_bytes = 0;
    double transfers_per_block = 0;
    std::size_t batch = 1;  // transfers a message
    EchoShape echo;
};

// `figures` has the run's.
Result<void> measure_floor(const FloorShape& shape, Target& target, Figures& figures);

}  // namespace daybook::bench
