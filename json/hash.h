// Hashes as JSON has them: 64 hexadecimal digits.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "json/fields.h"

namespace daybook::json {

// Nothing for any other text.
std::optional<Hash256> parse_hash256(std::string_view text);
// Of a field that must be there.
Hash256 read_hash(Fields& fields, std::string_view name);

}  // namespace daybook::json
