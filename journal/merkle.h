// MerkleTree: the RFC 6962 tree hash of a growing list, kept as the peaks of its full subtrees
// (a Merkle mountain range): O(log n) memory, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "journal/format.h"

namespace daybook::journal {

class MerkleTree {
public:
    MerkleTree() = default;
    // Resumes a tree. There must be one peak for each bit set in `leaf_count` (checked).
    MerkleTree(std::uint64_t leaf_count, std::span<const Hash256> peaks);

    void add(Bytes leaf);

    // The peaks folded from the right; the hash of nothing when there are no leaves.
    Hash256 root() const;

    std::uint64_t leaf_count() const { return leaf_count_; }
    // Largest subtree first.
    std::span<const Hash256> peaks() const { return std::span{peaks_}.first(peak_count_); }

private:
    std::array<Hash256, kPeaksMax> peaks_{};
    std::size_t peak_count_ = 0;
    std::uint64_t leaf_count_ = 0;
};

}  // namespace daybook::journal
