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

std::vector<Range> consistency_ranges(std::uint64_t old_count, std::uint64_t count) {
    CHECK_INVARIANT(old_count <= count, "a tree only grows");
    std::vector<Range> ranges;
    if (old_count == 0 || old_count == count) return ranges;
    Range node{0, count};
    while (node.end != old_count) {
        const std::uint64_t middle = node.begin + split(node.end - node.begin);
        const bool is_left = old_count <= middle;
        ranges.push_back(is_left ? Range{middle, node.end} : Range{node.begin, middle});
        node = is_left ? Range{node.begin, middle} : Range{middle, node.end};
    }
    // The old tree itself is known; a part of it is not.
    if (node.begin != 0) ranges.push_back(node);
    std::ranges::reverse(ranges);
    return ranges;
}

std::optional<Hash256> root_of(const Hash256& leaf, std::uint64_t index, std::uint64_t count,
                               std::span<const Hash256> path) {
    if (index >= count) return std::nullopt;
    std::uint64_t place = index;
    std::uint64_t last = count - 1;
    Hash256 root = leaf;
    for (const Hash256& beside : path) {
        if (last == 0) return std::nullopt;
        if ((place & 1) != 0 || place == last) {
            root = hash_of_node(beside, root);
            while ((place & 1) == 0 && place != 0) {
                place >>= 1;
                last >>= 1;
            }
        } else {
            root = hash_of_node(root, beside);
        }
        place >>= 1;
        last >>= 1;
    }
    return last == 0 ? std::optional{root} : std::nullopt;
}

bool is_beginning(std::uint64_t old_count, const Hash256& old_root, std::uint64_t count,
                  const Hash256& root, std::span<const Hash256> path) {
    if (old_count > count) return false;
    // Every tree begins with the empty one.
    if (old_count == 0) return path.empty() && old_root == journal::hash_of_nothing();
    if (old_count == count) return path.empty() && old_root == root;
    const bool is_whole = std::has_single_bit(old_count);
    if (!is_whole && path.empty()) return false;
    std::uint64_t place = old_count - 1;
    std::uint64_t last = count - 1;
    while ((place & 1) != 0) {
        place >>= 1;
        last >>= 1;
    }
    Hash256 before = is_whole ? old_root : path.front();
    Hash256 after = before;
    for (const Hash256& beside : path.subspan(is_whole ? 0 : 1)) {
        if (last == 0) return false;
        if ((place & 1) != 0 || place == last) {
            before = hash_of_node(beside, before);
            after = hash_of_node(beside, after);
            while ((place & 1) == 0 && place != 0) {
                place >>= 1;
                last >>= 1;
            }
        } else {
            after = hash_of_node(after, beside);
        }
        place >>= 1;
        last >>= 1;
    }
    return last == 0 && before == old_root && after == root;
}

}  // namespace daybook::proof
