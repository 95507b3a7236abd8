// Paths: the hashes beside the way from a leaf of an RFC 6962 tree to its root, and those that show
// one tree to be the beginning of another. Checked as RFC 9162, 2.1.3.2 and 2.1.4.2, say. Pure.
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
// Those that show a tree of `old_count` leaves to be the beginning of one of `count`.
std::vector<Range> consistency_ranges(std::uint64_t old_count, std::uint64_t count);

// The root that the path leads to; nothing when it has not the length it must have.
std::optional<Hash256> root_of(const Hash256& leaf, std::uint64_t index, std::uint64_t count,
                               std::span<const Hash256> path);

// Whether the path shows that the tree of `old_count` leaves with `old_root` is the beginning of
// the one with `root`.
bool is_beginning(std::uint64_t old_count, const Hash256& old_root, std::uint64_t count,
                  const Hash256& root, std::span<const Hash256> path);

}  // namespace daybook::proof
