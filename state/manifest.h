// Manifest: which files make up the snapshot and where they stand. It is replaced as a whole, after
// the files it names are durable.
#pragma once

#include <filesystem>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "state/key_hash.h"
#include "state/key_run.h"

namespace daybook::state {

struct Manifest {
    Id128 book;
    KeyHash::Seeds seeds{};
    Seq keys_seq;                  // the runs hold every key up to here
    Hash256 keys_block_hash;       // of the journal's block that holds it
    std::uint64_t newest_key = 0;  // no UUIDv7 in the runs is newer (state/key_age.h)
    Seq book_seq;                  // of the book file; 0: there is none. At most keys_seq.
    std::vector<RunInfo> runs;     // oldest first
};

// `not_found` when there is none, `damaged` when it is not what was written.
Result<Manifest> read_manifest(const std::filesystem::path& directory);
// Durable when it returns a value.
Result<void> write_manifest(const std::filesystem::path& directory, const Manifest& manifest);

}  // namespace daybook::state
