#include "json/hash.h"

#include <algorithm>

namespace daybook::json {

std::optional<Hash256> parse_hash256(std::string_view text) {
    constexpr std::size_t kHalfDigits = 32;
    if (text.size() != 2 * kHalfDigits) return std::nullopt;
    const auto first = parse_id128(text.substr(0, kHalfDigits));
    const auto second = parse_id128(text.substr(kHalfDigits));
    if (!first || !second) return std::nullopt;
    Hash256 hash;
    auto* const middle = std::ranges::copy(first->bytes, hash.bytes.begin()).out;
    std::ranges::copy(second->bytes, middle);
    return hash;
}

Hash256 read_hash(Fields& fields, std::string_view name) {
    fields.require(name);
    const auto hash = parse_hash256(fields.text(name));
    if (!hash) fields.wrong(name, "is no hash of 64 hexadecimal digits");
    return hash.value_or(Hash256{});
}

}  // namespace daybook::json
