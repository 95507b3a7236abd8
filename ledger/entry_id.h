// EntryId: names an entry or a hold by the record that made it. Written `12`, or `12.3` for the
// member 3 of an atomic; within an atomic, `.3` is its own member 3.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/seq.h"

namespace daybook {

// (Seq: 48 bits, index of the member: 16 bits). Seq 0 is "this Seq": what is being decided.
// On disk. Never change.
class EntryId {
public:
    constexpr EntryId() = default;
    constexpr explicit EntryId(std::uint64_t bits) : bits_{bits} {}
    constexpr EntryId(Seq seq, std::uint16_t member) : bits_{(seq.value() << 16) | member} {}

    constexpr std::uint64_t bits() const { return bits_; }
    constexpr Seq seq() const { return Seq{bits_ >> 16}; }
    constexpr std::uint16_t member() const { return static_cast<std::uint16_t>(bits_); }
    constexpr bool is_of_this_seq() const { return seq() == Seq{}; }
    // The id as it stands once what is being decided has its Seq.
    constexpr EntryId at(Seq this_seq) const {
        return is_of_this_seq() ? EntryId{this_seq, member()} : *this;
    }
    friend constexpr auto operator<=>(EntryId, EntryId) = default;

private:
    std::uint64_t bits_ = 0;
};

std::string to_string(EntryId id);
// `12`, `12.3` or `.3`; nothing for any other text and for what does not fit.
std::optional<EntryId> parse_entry_id(std::string_view text);

}  // namespace daybook
