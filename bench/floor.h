// The floor: what the disk and LMDB take for the same bytes when nothing else is done.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.h"
#include "bench/histogram.h"

namespace daybook::bench {

// Looked at now and then; an error ends the measurement.
using Watch = std::function<Result<void>()>;

struct AppendFloor {
    std::uint64_t blocks = 0;  // appended, one commit each
    std::chrono::duration<double> elapsed{0};
    Histogram commits;

    double blocks_per_second() const { return static_cast<double>(blocks) / elapsed.count(); }
};

// Appends values of `block_bytes` bytes to a new LMDB environment in `directory`, with LMDB's
// default (durable) flags, until there are `blocks` or it took long enough or was much.
Result<AppendFloor> append_bare(const std::filesystem::path& directory, std::uint64_t blocks,
                                std::size_t block_bytes, const Watch& watch);

// Writes 4 KiB in a file in `directory` and calls fdatasync, again and again.
Result<Histogram> sync_bare(const std::filesystem::path& directory, const Watch& watch);

}  // namespace daybook::bench
