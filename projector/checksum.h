// CRC-32 as zlib, gzip and PNG have it: the standard library of most languages brings it, so a
// reader in any of them can check what it reads (decision 25).
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace daybook::projector {

// Goes on from what came `before`; 0 at the beginning, as zlib's `crc32`.
std::uint32_t crc32(std::uint32_t before, Bytes bytes);

}  // namespace daybook::projector
