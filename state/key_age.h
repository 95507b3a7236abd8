// How old a key says it is. A UUIDv7 begins with its time (RFC 9562, 5.7), so one that is newer
// than all that have been seen need not be looked for among them. Whether a key is one depends on
// the key alone: what is skipped for a new key was never skipped for the same key before.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "base/bytes.h"

namespace daybook::state {

// Of a UUIDv7 its first 64 bits as a number, which is never 0; 0 for any other key.
inline std::uint64_t age_of(const Id128& key) {
    const auto words = std::bit_cast<std::array<std::uint64_t, 2>>(key.bytes);
    const bool is_time_ordered = (key.bytes[6] & 0xf0) == 0x70 && (key.bytes[8] & 0xc0) == 0x80;
    return is_time_ordered ? __builtin_bswap64(words[0]) : 0;
}

}  // namespace daybook::state
