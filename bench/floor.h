// The floor: what the disk and LMDB take for the same bytes when nothing else is done.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace daybook::bench {

// Appends `blocks` values of `block_bytes` bytes to a new LMDB environment in `directory`, one
// commit each, with LMDB's default (durable) flags; returns how long it took. The directory is left
// behind.
Result<std::chrono::nanoseconds> append_bare(const std::filesystem::path& directory,
                                             std::uint64_t blocks, std::size_t block_bytes);

}  // namespace daybook::bench
