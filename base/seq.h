// Seq: a command's place in the total order of one book. The first is 1 and there are no gaps.
#pragma once

#include <compare>
#include <cstdint>

namespace daybook {

// Zero is "before the first": the head of an empty journal, the watermark of an empty projection.
class Seq {
public:
    constexpr Seq() = default;
    constexpr explicit Seq(std::uint64_t value) : value_{value} {}

    constexpr std::uint64_t value() const { return value_; }
    constexpr Seq next() const { return Seq{value_ + 1}; }
    constexpr Seq plus(std::uint64_t count) const { return Seq{value_ + count}; }

    friend constexpr auto operator<=>(Seq, Seq) = default;

private:
    std::uint64_t value_ = 0;
};

// Back pointers keep a Seq in 48 bits (ledger/history.h): enough for 8 years at a million a second.
inline constexpr Seq kSeqMax{(std::uint64_t{1} << 48) - 1};

}  // namespace daybook
