// Idempotency keys: from the text a caller chose, or a new one.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"

namespace daybook::gateway {

// 1–128 visible ASCII characters. A UUID, or 32 hexadecimal digits, is the key itself; any other
// text is the first 128 bits of its SHA-256. Nothing when the text is not allowed, or is all zeros.
std::optional<Id128> key_from_text(std::string_view text);

// A new UUIDv7 (RFC 9562): 48 bits of time in milliseconds, then 74 random bits. Time-ordered keys
// keep the key index compact.
Id128 new_key(Stamp now);

// As a UUID with dashes.
std::string to_uuid(const Id128& key);

}  // namespace daybook::gateway
