#include "proof/path.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "journal/sha256.h"

namespace daybook::proof {

namespace {

using journal::hash_of_node;

// Where RFC 6962 splits a node of so many leaves.
std::uint64_t split(std::uint64_t count) {
    return std::bit_ceil(count) / 2;
}

// Hands each hash of the path to `visit`, with whether it lies left of the way up. False when the
// path has not the length it must have.
template <typename Visit>
bool walk(std::uint64_t index, std::uint64_t count, std::span<const Hash256> path,
          const Visit& visit) {
    if (index >= count) return false;
    std::uint64_t place = index;
    std::uint64_t last = count - 1;
    for (const Hash256& beside : path) {
        if (last == 0) return false;
        const bool is_left = (place & 1) != 0 || place == last;
        visit(beside, is_left);
        while (is_left && (place & 1) == 0 && place != 0) {
            place >>= 1;
            last >>= 1;
        }
        place >>= 1;
        last >>= 1;
    }
    return last == 0;
}

}  // namespace

std::vector<Range> inclusion_ranges(std::uint64_t index, std::uint64_t count) {
    CHECK_INVARIANT(index < count, "the leaf is in the tree");
    std::vector<Range> ranges;
    Range node{0, count};
    while (node.end - node.begin > 1) {
        const std::uint64_t middle = node.begin + split(node.end - node.begin);
        const bool is_left = index < middle;
        ranges.push_back(is_left ? Range{middle, node.end} : Range{node.begin, middle});
        node = is_left ? Range{node.begin, middle} : Range{middle, node.end};
    }
    std::ranges::reverse(ranges);
    return ranges;
}

std::optional<Hash256> root_of(const Hash256& leaf, std::uint64_t index, std::uint64_t count,
                               std::span<const Hash256> path) {
    Hash256 root = leaf;
    const bool is_whole = walk(index, count, path, [&](const Hash256& beside, bool is_left) {
        root = is_left ? hash_of_node(beside, root) : hash_of_node(root, beside);
    });
    return is_whole ? std::optional{root} : std::nullopt;
}

// What lies left of the way is the leaves before, in full subtrees, the smallest first.
std::optional<Hash256> root_before(std::uint64_t index, std::uint64_t count,
                                   std::span<const Hash256> path) {
    std::optional<Hash256> root;
    const bool is_whole = walk(index, count, path, [&](const Hash256& beside, bool is_left) {
        if (is_left) root = root ? hash_of_node(beside, *root) : beside;
    });
    if (!is_whole) return std::nullopt;
    return root ? root : journal::hash_of_nothing();
}

}  // namespace daybook::proof
