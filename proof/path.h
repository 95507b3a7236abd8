// Paths: the hashes beside the way from a leaf of an RFC 6962 tree to its root. Checked as RFC
// 9162, 2.1.3.2, says. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"

namespace daybook::proof {

using Path = std::vector<Hash256>;

// Leaves `begin` to `end` − 1 of a tree: a node of it.
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    friend bool operator==(const Range&, const Range&) = default;
};

// The nodes of the path from leaf `index` of a tree of `count` leaves, the lowest first.
std::vector<Range> inclusion_ranges(std::uint64_t index, std::uint64_t count);

// The root that the path leads to; nothing when it has not the length it must have.
std::optional<Hash256> root_of(const Hash256& leaf, std::uint64_t index, std::uint64_t count,
                               std::span<const Hash256> path);

// The root of the tree of the leaves before this one, which the path has too; the same about its
// length. A leaf that names that root is so shown to begin the tree.
std::optional<Hash256> root_before(std::uint64_t index, std::uint64_t count,
                                   std::span<const Hash256> path);

}  // namespace daybook::proof
