// Sha256Stream: SHA-256 of bytes that come in pieces. Without a domain byte: what `sha256sum` says.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "base/bytes.h"

namespace daybook::journal {

class Sha256Stream {
public:
    Sha256Stream();
    void add(Bytes bytes);
    void add(std::string_view text) { add(as_bytes(text)); }
    // Once, after the last.
    Hash256 finish();

private:
    alignas(16) std::array<std::byte, 128> context_{};
};

}  // namespace daybook::journal
