// OpenReaders: who holds a snapshot of an LMDB environment now, in any process.
#pragma once

#include <cstdint>

#include "base/result.h"

struct MDB_env;

namespace daybook::journal {

struct OpenReaders {
    std::uint32_t count = 0;  // with a snapshot, this process's own included
    // How many txns ago the oldest snapshot was taken. What was freed since is not used again while
    // it lives; readers that were killed count until somebody clears them.
    std::uint64_t oldest_txns = 0;
};

// Of any environment; any thread.
Result<OpenReaders> open_readers(MDB_env* env);

}  // namespace daybook::journal
