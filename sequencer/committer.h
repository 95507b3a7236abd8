// Committer: makes blocks durable, one at a time, so that the next one is decided meanwhile. A
// seam: a thread with the journal's writer does it, in the simulation a disk that may fail. One
// call a block, never one a command.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "journal/block.h"

namespace daybook::sequencer {

class Committer {
public:
    virtual ~Committer() = default;
    Committer() = default;
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;
    Committer(Committer&&) = delete;
    Committer& operator=(Committer&&) = delete;

    // From when a block is handed over until its result is taken.
    virtual bool is_busy() const = 0;

    // Hands over a block, which belongs to the committer until `take_result` returns a value. Not
    // while busy (checked).
    virtual void commit(journal::BlockBuilder& block) = 0;
    // Commits a block before it returns. Not while busy (checked).
    virtual Result<journal::BlockInfo> commit_here(journal::BlockBuilder& block) = 0;

    // The finished block's header, or why its fate is unknown (the process must end); nothing when
    // it is still being written.
    virtual std::optional<Result<journal::BlockInfo>> take_result() = 0;
    // Returns when there may be a result, or after a while.
    virtual void wait_for_result() = 0;

    // Bytes free on the journal's disk, as of the last commit or, at rest, of a moment ago.
    virtual std::uint64_t free_bytes() = 0;
};

}  // namespace daybook::sequencer
