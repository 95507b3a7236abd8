#include "journal/merkle.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/check.h"
#include "journal/sha256.h"

namespace daybook::journal {

MerkleTree::MerkleTree(std::uint64_t leaf_count, std::span<const Hash256> peaks)
    : peak_count_{peaks.size()}, leaf_count_{leaf_count} {
    CHECK_INVARIANT(std::cmp_equal(std::popcount(leaf_count), peaks.size()),
                    "a Merkle tree has one peak for each bit of its size");
    std::ranges::copy(peaks, peaks_.begin());
}

void MerkleTree::add(Bytes leaf) {
    Hash256 peak = hash_of(HashDomain::leaf, leaf);
    // Like a binary counter: every trailing one is a subtree of the same height to merge with.
    for (std::uint64_t carry = leaf_count_; (carry & 1) != 0; carry >>= 1) {
        peak = hash_of_node(peaks_[--peak_count_], peak);
    }
    peaks_[peak_count_++] = peak;
    ++leaf_count_;
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
