// BlockSealer: turns gathered records into the bytes of the next block of the chain.
// Owned by the Writer; the committer's thread.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "journal/block.h"
#include "journal/merkle.h"

namespace daybook::journal {

struct SealedBlock {
    BlockInfo info;
    Bytes stored;  // inside the builder; valid until it is touched again
};

class BlockSealer {
public:
    // The next block is the genesis block of `book`.
    explicit BlockSealer(const Id128& book) : book_{book} {}
    // The same, of a book that is a fork.
    BlockSealer(const Id128& book, const Origin& origin)
        : book_{book}, origin_{origin}, previous_{origin.block} {}
    // The next block follows `head`, which must have been verified.
    explicit BlockSealer(const BlockView& head);

    // Fills in index, roots, chain and hash. Sealing again gives the same bytes.
    SealedBlock seal(BlockBuilder& block) const;

    // The sealed block is durable: the next one follows it.
    void advance(const BlockInfo& sealed);

private:
    Id128 book_;
    std::optional<Origin> origin_;
    std::uint64_t number_ = 0;
    Hash256 previous_;
    MerkleTree history_;  // over the hashes of all blocks before the next one
};

}  // namespace daybook::journal
