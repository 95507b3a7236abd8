// archive_blocks: seals the journal's first blocks in segments of its archive, then takes them out
// of the journal. Under the writer's lock; readers may go on meanwhile. Whenever it is interrupted
// nothing is lost: a block is in the journal until its segment is durable and was read back, and
// the next call finishes.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "base/result.h"
#include "base/seq.h"
#include "journal/environment.h"

namespace daybook::journal {

struct ArchiveOptions {
    // Whole blocks up to this Seq; never the last block, or the genesis block.
    Seq to;
    // Of blocks, before they are packed; a block is never cut.
    std::uint64_t segment_bytes_max = std::uint64_t{1} << 30;
    // So long the first removal waits for readers that still see what was removed, so that its room
    // can be given back; they renew their snapshots once a second.
    std::chrono::milliseconds readers_wait{3000};
    // Told now and then up to where it has come; false ends it with `try_again`: what is done
    // stays.
    std::function<bool(Seq)> go_on;
};

struct ArchiveReport {
    Seq first_seq;  // of what has left the journal now; nothing has when `blocks` is 0
    Seq last_seq;
    std::uint64_t blocks = 0;
    std::uint64_t block_bytes = 0;    // of these blocks
    std::uint64_t segments = 0;       // written now
    std::uint64_t segment_bytes = 0;  // of the files written now
    std::uint64_t freed_bytes = 0;    // of the data file, given back to the file system
    bool has_readers = false;  // they may still see it: its room is used again, not given back
    // Of the whole archive.
    Seq archived_to;
    std::uint64_t archive_segments = 0;
    std::uint64_t archive_bytes = 0;
};

// `environment` must be open for writing (checked), without a Writer or a Snapshot of this process.
Result<ArchiveReport> archive_blocks(const std::shared_ptr<Environment>& environment,
                                     const ArchiveOptions& options);

}  // namespace daybook::journal
