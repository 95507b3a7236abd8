// SimulatedJournal: sealed blocks one after the other on a simulated disk, each from the start of a
// sector. The bytes, the sealer and the checks are the product's; where they lie is not: LMDB does
// not run on a simulated disk (tests/power_loss cuts the power under the real one).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "journal/block_source.h"
#include "journal/sealer.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/marks.h"

namespace daybook::simulation {

class SimulatedJournal {
public:
    // A new one, with its genesis block, durable.
    SimulatedJournal(const Id128& book, Stamp stamp, Marks& marks);

    // After a crash: what on the disk is a chain of whole blocks is the journal, and the rest is
    // cut off. Nothing of it counts before `sync`.
    void recover();

    // Seals the block and writes it behind the last one; it counts once `sync` has been called.
    journal::BlockInfo write(journal::BlockBuilder& block);
    // What was written is durable, and readers see it.
    void sync();

    Disk& disk() { return disk_; }
    // The last Seq that no crash may take away.
    Seq durable() const { return blocks_[durable_blocks_ - 1].info.last_seq(); }
    // The last Seq that was ever written.
    Seq written() const { return blocks_.back().info.last_seq(); }
    const Id128& book() const { return book_; }

    // The blocks that readers see, as of its last refresh.
    std::unique_ptr<journal::BlockSource> reader() const;
    // The stored bytes of durable block `number`.
    Bytes stored(std::size_t number) const { return bytes_of(blocks_[number]); }
    std::size_t durable_blocks() const { return durable_blocks_; }

private:
    class Reader;
    struct Place {
        journal::BlockInfo info;
        std::size_t offset = 0;
        std::size_t size = 0;
    };

    Bytes bytes_of(const Place& place) const {
        return disk_.bytes().subspan(place.offset, place.size);
    }
    std::size_t end() const;
    void append(const journal::SealedBlock& sealed);
    // The bytes that may be a block at `offset`; empty when there can't be one.
    Bytes candidate(std::size_t offset) const;

    Id128 book_;
    Marks& marks_;
    Disk disk_;
    journal::BlockSealer sealer_;
    std::vector<Place> blocks_;  // the genesis block first
    std::size_t durable_blocks_ = 0;
};

}  // namespace daybook::simulation
