// BlockSource: the committed blocks of a journal, as of one moment. A seam: a Snapshot reads them
// from the journal's file, the simulation from a disk of its own. One call a block or a look-up of
// the past, never one a command.
#pragma once

#include <optional>

#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"

namespace daybook::journal {

// One thread at a time.
class BlockSource {
public:
    virtual ~BlockSource() = default;

    // Moves to the newest committed state. Views taken before are invalid from here on. After an
    // error only another `refresh` may work.
    virtual Result<void> refresh() = 0;

    // The last block (the genesis block when there are no records).
    virtual const BlockInfo& head() const = 0;
    // The last committed Seq; 0 when there are none.
    Seq head_seq() const { return head().last_seq(); }

    // The block that holds `seq`; nothing when the journal does not reach so far (or seq is 0).
    virtual Result<std::optional<BlockView>> block_of(Seq seq) = 0;
    // The block after `block`; nothing at the head. `damaged` if it does not continue `block`'s
    // chain.
    virtual Result<std::optional<BlockView>> block_after(const BlockInfo& block) = 0;
    // The genesis block.
    virtual Result<BlockView> genesis() = 0;

protected:
    BlockSource() = default;
    BlockSource(BlockSource&&) = default;
    BlockSource& operator=(BlockSource&&) = default;
    BlockSource(const BlockSource&) = default;
    BlockSource& operator=(const BlockSource&) = default;
};

}  // namespace daybook::journal
