#include "journal/merkle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <utility>

#include "base/check.h"
#include "journal/sha256.h"
#include "journal/sha256_two.h"

namespace daybook::journal {

namespace {

constexpr std::size_t kGroup = MerkleTree::kGroup;

// Level by level, two hashes at a time.
Hash256 top_of(std::span<const Bytes, kGroup> leaves) {
    std::array<Hash256, kGroup> level;
    const auto hash_pair = [&](std::size_t at, HashDomain domain, Bytes first, Bytes second) {
        const auto hashes = hash_of_two(domain, first, second);
        std::ranges::copy(hashes, level.begin() + static_cast<std::ptrdiff_t>(at));
    };
    for (std::size_t i = 0; i < kGroup; i += 2) {
        hash_pair(i, HashDomain::leaf, leaves[i], leaves[i + 1]);
    }
    // Two neighbours, as they lie, are what their node is hashed of.
    const Bytes hashes = std::as_bytes(std::span{level});
    constexpr std::size_t kNodeBytes = 2 * sizeof(Hash256);
    for (std::size_t nodes = kGroup / 2; nodes > 1; nodes /= 2) {
        for (std::size_t i = 0; i < nodes; i += 2) {
            hash_pair(i, HashDomain::node, hashes.subspan(i * kNodeBytes, kNodeBytes),
                      hashes.subspan((i + 1) * kNodeBytes, kNodeBytes));
        }
    }
    return hash_of_node(level[0], level[1]);
}

}  // namespace

MerkleTree::MerkleTree(std::uint64_t leaf_count, std::span<const Hash256> peaks)
    : peak_count_{peaks.size()}, leaf_count_{leaf_count} {
    CHECK_INVARIANT(std::cmp_equal(std::popcount(leaf_count), peaks.size()),
                    "a Merkle tree has one peak for each bit of its size");
    std::ranges::copy(peaks, peaks_.begin());
}

void MerkleTree::add(Bytes leaf) {
    add_subtree(hash_of(HashDomain::leaf, leaf), 1);
}

void MerkleTree::add(std::span<const Bytes, kGroup> leaves) {
    CHECK_INVARIANT(leaf_count_ % kGroup == 0, "groups of leaves stay whole");
    add_subtree(top_of(leaves), kGroup);
}

void MerkleTree::add_subtree(Hash256 top, std::uint64_t leaf_count) {
    // Like a binary counter: every trailing one is a subtree of the same height to merge with.
    for (std::uint64_t carry = leaf_count_ / leaf_count; (carry & 1) != 0; carry >>= 1) {
        top = hash_of_node(peaks_[--peak_count_], top);
    }
    peaks_[peak_count_++] = top;
    leaf_count_ += leaf_count;
}

Hash256 MerkleTree::root() const {
    if (peak_count_ == 0) return hash_of_nothing();
    Hash256 root = peaks_[peak_count_ - 1];
    for (std::size_t i = peak_count_ - 1; i > 0; --i) {
        root = hash_of_node(peaks_[i - 1], root);
    }
    return root;
}

}  // namespace daybook::journal
