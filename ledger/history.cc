#include "ledger/history.h"

#include <bit>
#include <charconv>
#include <limits>

#include "base/check.h"

namespace daybook {

namespace {

// Decimal digits and nothing else; nothing when it is above `last`.
std::optional<std::uint64_t> parse_digits(std::string_view text, std::uint64_t last) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole && value <= last ? std::optional{value} : std::nullopt;
}

}  // namespace

std::string to_string(TouchPointer pointer) {
    return std::to_string(pointer.seq().value()) + '.' + std::to_string(pointer.touch());
}

std::optional<TouchPointer> parse_touch_pointer(std::string_view text) {
    const auto point = text.find('.');
    const auto seq = parse_digits(text.substr(0, point), kSeqMax.value());
    std::optional<std::uint64_t> touch = 0;
    if (point != std::string_view::npos) {
        touch = parse_digits(text.substr(point + 1), std::numeric_limits<std::uint16_t>::max());
    }
    if (!seq || *seq == 0 || !touch) return std::nullopt;
    return TouchPointer{Seq{*seq}, static_cast<std::uint16_t>(*touch)};
}

// Myers' skew-binary numbers: take the largest tree that fits, again and again. Only the smallest
// size is ever taken twice.
History History::of_length(std::uint64_t touches) {
    CHECK_INVARIANT(touches < std::uint64_t{1} << 47, "no account has 2^47 touches");
    History history;
    for (std::uint64_t bit = std::uint64_t{1} << 46; bit != 0; bit >>= 1) {
        const std::uint64_t size = (bit << 1) - 1;
        if (touches < size) continue;
        history.trees_ |= bit;
        touches -= size;
        if (touches < size) continue;
        history.trees_ |= kTwinBit;
        touches -= size;
    }
    for (std::size_t i = kInlineRoots; i < history.depth(); ++i)
        history.set_root(i, TouchPointer{});
    return history;
}

TouchPointer History::root(std::size_t index) const {
    return index < kInlineRoots ? roots_[index] : further(index);
}

void History::set_root(std::size_t index, TouchPointer touch) {
    if (index < kInlineRoots) {
        roots_[index] = touch;
        return;
    }
    const bool are_many = (trees_ & ~kTwinBit) >= kManyTrees;
    if (!further_) further_ = std::make_unique<Line[]>(are_many ? kFurtherLines : 1);
    further(index) = touch;
}

History::Links History::push(TouchPointer touch) {
    const std::size_t count = depth();  // the twin bit counts as the root it stands for
    CHECK_INVARIANT(count < kInlineRoots + 8 * kFurtherLines, "no account has 2^47 touches");
    Links links;
    if (count > 0) links.prev = root(count - 1);
    if ((trees_ & kTwinBit) != 0) {
        // The two smallest trees are equal: the new touch becomes the root over both.
        if (count > 2) links.jump = root(count - 3);
        const std::uint64_t smallest = (trees_ & ~kTwinBit) & (~(trees_ & ~kTwinBit) + 1);
        const std::uint64_t merged = smallest << 1;
        trees_ &= ~(kTwinBit | smallest);
        trees_ |= (trees_ & merged) != 0 ? kTwinBit : merged;
        // All trees have become one: its root is the only one, and the next need more room.
        if (merged == kManyTrees && count == 2) further_.reset();
        set_root(count - 2, touch);
    } else {
        links.jump = links.prev;
        trees_ |= (trees_ & 1) != 0 ? kTwinBit : 1;
        set_root(count, touch);
    }
    return links;
}

}  // namespace daybook
