// Record ranges: whole records of the journal, from a Seq on, as runs (schema/run.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "journal/reader.h"
#include "schema/run.h"

namespace daybook::projector {

// What readers are told of a block.
schema::BlockFacts facts_of(const journal::BlockInfo& info);

// Appends records from `from` on to `out` until another would pass `bytes_max` bytes of it, but one
// at least; returns how many. None when the snapshot does not reach so far. `damaged` when a stored
// checksum does not match.
Result<std::uint32_t> append_records(journal::Snapshot& snapshot, Seq from, std::size_t bytes_max,
                                     std::vector<std::byte>& out);

}  // namespace daybook::projector
