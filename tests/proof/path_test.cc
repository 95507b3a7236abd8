#include "proof/path.h"

#include <catch2/catch.hpp>

#include "journal/merkle.h"
#include "journal/sha256.h"

namespace daybook::proof {

namespace {

constexpr std::uint64_t kLeaves = 40;

std::array<std::byte, 8> leaf_bytes(std::uint64_t index) {
    return std::bit_cast<std::array<std::byte, 8>>(index + 1);
}

Hash256 leaf(std::uint64_t index) {
    return journal::hash_of(journal::HashDomain::leaf, leaf_bytes(index));
}

Hash256 root_over(const Range& range) {
    journal::MerkleTree tree;
    for (std::uint64_t i = range.begin; i < range.end; ++i)
        tree.add(leaf_bytes(i));
    return tree.root();
}

Path path_over(const std::vector<Range>& ranges) {
    Path path;
    for (const Range& range : ranges)
        path.push_back(root_over(range));
    return path;
}

}  // namespace

TEST_CASE("each leaf of each tree is proven by its path, and by no other place", "[proof][I17]") {
    for (std::uint64_t count = 1; count <= kLeaves; ++count) {
        for (std::uint64_t index = 0; index < count; ++index) {
            const auto path = path_over(inclusion_ranges(index, count));
            CHECK(root_of(leaf(index), index, count, path) == root_over({0, count}));
            CHECK(root_of(leaf(index + 1), index, count, path) != root_over({0, count}));
            if (count == 1) continue;
            const std::uint64_t other = (index + 1) % count;
            CHECK(root_of(leaf(index), other, count, path) != root_over({0, count}));
        }
        CHECK_FALSE(root_of(leaf(0), count, count, {}));
    }
}

TEST_CASE("a path that is too short or too long proves nothing", "[proof][I17]") {
    for (std::uint64_t count = 2; count <= kLeaves; ++count) {
        for (std::uint64_t index = 0; index < count; ++index) {
            auto path = path_over(inclusion_ranges(index, count));
            path.push_back(leaf(0));
            CHECK_FALSE(root_of(leaf(index), index, count, path));
            path.resize(path.size() - 2);
            CHECK_FALSE(root_of(leaf(index), index, count, path));
        }
    }
}

TEST_CASE("a leaf's path has the root of the leaves before it, and no other", "[proof][I17]") {
    for (std::uint64_t count = 1; count <= kLeaves; ++count) {
        for (std::uint64_t index = 0; index < count; ++index) {
            const auto path = path_over(inclusion_ranges(index, count));
            CHECK(root_before(index, count, path) == root_over({0, index}));
            auto longer = path;
            longer.push_back(leaf(0));
            CHECK_FALSE(root_before(index, count, longer));
            if (path.empty()) continue;
            auto shorter = path;
            shorter.pop_back();
            CHECK_FALSE(root_before(index, count, shorter));
            for (std::size_t i = 0; i < path.size(); ++i) {
                auto wrong = path;
                wrong[i].bytes[i % 32] ^= 1;
                const bool is_same_tree =
                    root_before(index, count, wrong) == root_over({0, index}) &&
                    root_of(leaf(index), index, count, wrong) == root_over({0, count});
                CHECK_FALSE(is_same_tree);
            }
        }
        CHECK_FALSE(root_before(count, count, {}));
    }
}

TEST_CASE("a path has one hash for each doubling of the leaves", "[proof]") {
    CHECK(inclusion_ranges(123'456, 1 << 20).size() == 20);
}

}  // namespace daybook::proof
