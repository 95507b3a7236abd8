// `daybook bench keys`: what it costs to remember every idempotency key for ever: the snapshot's
// runs beside an LMDB tree of the same keys, for keys in the order of time and at random.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace daybook::bench {

struct KeysOptions {
    std::uint64_t keys = 20'000'000;
    // A tree of random keys soon writes whole pages a key: it is measured up to here.
    std::uint64_t tree_keys_max = 20'000'000;
    std::filesystem::path dir = ".";  // where files to be thrown away are kept meanwhile
    std::function<void(const std::string& what, std::uint64_t done)> on_progress;
};

struct KeysRow {
    std::string index;  // `runs` or `tree`
    std::string order;  // `time` or `random`
    std::uint64_t keys = 0;
    double inserted_per_second = 0;  // all of them, until they are durable
    double last_tenth_per_second = 0;
    double memory_bytes_per_key = 0;  // that must stay; 0 for the tree: it uses the page cache
    double disk_bytes_per_key = 0;
    double miss_nanoseconds = 0;  // to learn that a key is new
    double miss_file_share = 0;   // of the new keys for which a file was read
    double hit_microseconds = 0;  // to find an old one's Seq
    double open_seconds = 0;      // to be ready again after a start, files in the page cache
};

// Blocks until it is done. `try_again` when it was stopped by a signal.
Result<std::vector<KeysRow>> run_keys(const KeysOptions& options);

}  // namespace daybook::bench
