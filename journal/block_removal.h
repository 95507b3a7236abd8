// BlockRemoval: takes blocks that are sealed in the archive out of the journal's file, some at a
// time. Only for the .cc files of this folder; one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "journal/archiver.h"
#include "journal/environment.h"
#include "journal/room.h"

namespace daybook::journal {

class Writer;

// `try_again` when whoever archives wants to stop.
Result<void> may_go_on(const ArchiveOptions& options, Seq at);

class BlockRemoval {
public:
    // Adds to `report`, which must outlive it as `options` must.
    BlockRemoval(std::shared_ptr<Environment> environment, const ArchiveOptions& options,
                 ArchiveReport& report);
    ~BlockRemoval();
    BlockRemoval(const BlockRemoval&) = delete;
    BlockRemoval& operator=(const BlockRemoval&) = delete;
    BlockRemoval(BlockRemoval&&) = delete;
    BlockRemoval& operator=(BlockRemoval&&) = delete;

    // Those up to number `last`, of which the archive was verified.
    Result<void> to(std::uint64_t last);

private:
    struct Batch {
        std::vector<Seq> firsts;
        Seq last_seq;
        std::uint64_t bytes = 0;
        std::vector<Room> rooms;
    };

    Result<Batch> next_batch(std::uint64_t last) const;
    Result<void> free(const std::vector<Room>& rooms);

    std::shared_ptr<Environment> environment_;
    const ArchiveOptions& options_;
    ArchiveReport& report_;
    std::unique_ptr<Writer> writer_;
};

}  // namespace daybook::journal
