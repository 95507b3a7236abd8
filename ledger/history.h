// TouchPointer: where in the journal an account was touched. History: the pointers an account must
// remember so that each new touch can point back to the previous one and, by a jump, far past it.
//
// The jumps form a skew-binary list (E. W. Myers, "An applicative random-access stack", 1983): the
// touches hang in complete binary trees of sizes 2^k − 1, so that any earlier touch is O(log n)
// hops away and a new one needs only the roots.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/seq.h"

namespace daybook {

// (Seq: 48 bits, index of the touch in its record: 16 bits). Zero is "none".
// On disk. Never change.
class TouchPointer {
public:
    constexpr TouchPointer() = default;
    constexpr explicit TouchPointer(std::uint64_t bits) : bits_{bits} {}
    constexpr TouchPointer(Seq seq, std::uint16_t touch) : bits_{(seq.value() << 16) | touch} {}

    constexpr std::uint64_t bits() const { return bits_; }
    constexpr Seq seq() const { return Seq{bits_ >> 16}; }
    constexpr std::uint16_t touch() const { return static_cast<std::uint16_t>(bits_); }
    constexpr bool is_none() const { return bits_ == 0; }
    friend constexpr auto operator<=>(TouchPointer, TouchPointer) = default;

private:
    std::uint64_t bits_ = 0;
};

// Written `12.3`: touch 3, from 0, of Seq 12.
std::string to_string(TouchPointer pointer);
// `12.3`, or `12` for `12.0`; nothing for any other text, for Seq 0 and for what does not fit.
std::optional<TouchPointer> parse_touch_pointer(std::string_view text);

class History {
public:
    struct Links {
        TouchPointer prev;  // the account's touch before this one
        // At or before prev; none where the tree that ends here is the account's first.
        TouchPointer jump;
        friend bool operator==(const Links&, const Links&) = default;
    };

    History() = default;
    // Of an account with so many touches: which roots there are follows from their number alone.
    // They are none until `set_root` says where they lie; those pushed meanwhile are known.
    static History of_length(std::uint64_t touches);

    // Adds a touch and returns what it points back to. Allocates twice in an account's life.
    Links push(TouchPointer touch);

    // The newest touch; none for an account never touched.
    TouchPointer last() const { return depth() == 0 ? TouchPointer{} : root(depth() - 1); }

    // The roots of the trees, largest and oldest first: what a snapshot keeps of a history.
    std::size_t depth() const { return static_cast<std::size_t>(std::popcount(trees_)); }
    TouchPointer root(std::size_t index) const;
    void set_root(std::size_t index, TouchPointer touch);

private:
    // 4 roots serve an account's first 26 touches, a cache line more its first 4,000; 4 + 48 serve
    // 2^47, more than there are Seqs.
    struct alignas(64) Line {
        std::array<TouchPointer, 8> roots;
    };
    static constexpr std::size_t kInlineRoots = 4;
    static constexpr std::size_t kFurtherLines = 6;
    // From here on there may be more roots than 4 and a line of them.
    static constexpr std::uint64_t kManyTrees = std::uint64_t{1} << 11;
    TouchPointer& further(std::size_t index) const {
        return further_[(index - kInlineRoots) / 8].roots[(index - kInlineRoots) % 8];
    }

    static constexpr std::uint64_t kTwinBit = std::uint64_t{1} << 63;

    // Bit k: a tree of 2^(k+1) − 1 touches; the top bit: the smallest tree has a twin.
    std::uint64_t trees_ = 0;
    std::array<TouchPointer, kInlineRoots> roots_;  // largest tree first
    std::unique_ptr<Line[]> further_;
};

}  // namespace daybook
