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
    // So many leaves at once are quicker than one by one.
    static constexpr std::size_t kGroup = 64;

    MerkleTree() = default;
    // Resumes a tree. There must be one peak for each bit set in `leaf_count` (checked).
    MerkleTree(std::uint64_t leaf_count, std::span<const Hash256> peaks);

    void add(Bytes leaf);
    // After a multiple of as many (checked).
    void add(std::span<const Bytes, kGroup> leaves);

    // The peaks folded from the right; the hash of nothing when there are no leaves.
    Hash256 root() const;

    std::uint64_t leaf_count() const { return leaf_count_; }
    // Largest subtree first.
    std::span<const Hash256> peaks() const { return std::span{peaks_}.first(peak_count_); }

private:
    // Adds a full subtree of so many leaves, after a multiple of as many.
    void add_subtree(Hash256 top, std::uint64_t leaf_count);

    std::array<Hash256, kPeaksMax> peaks_{};
    std::size_t peak_count_ = 0;
    std::uint64_t leaf_count_ = 0;
};

// The tree over a block's records, hashed in groups while they are in the cache.
class RecordTree {
public:
    // The record must stay where it is until the root is asked for.
    void add(Bytes record) {
        group_[waiting_++] = record;
        if (waiting_ < group_.size()) return;
        tree_.add(group_);
        waiting_ = 0;
    }
    // Once, after the last.
    Hash256 root() {
        for (const Bytes record : std::span{group_}.first(waiting_))
            tree_.add(record);
        return tree_.root();
    }

private:
    MerkleTree tree_;
    std::array<Bytes, MerkleTree::kGroup> group_;
    std::size_t waiting_ = 0;
};

}  // namespace daybook::journal
