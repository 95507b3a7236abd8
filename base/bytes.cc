#include "base/bytes.h"

namespace daybook {

namespace {

std::optional<std::uint8_t> hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<std::uint8_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::uint8_t>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<std::uint8_t>(digit - 'A' + 10);
    return std::nullopt;
}

bool is_dash_place(std::size_t index) {
    return index == 8 || index == 13 || index == 18 || index == 23;
}

}  // namespace

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(kDigits[byte >> 4]);
        text.push_back(kDigits[byte & 15]);
    }
    return text;
}

std::optional<Id128> parse_id128(std::string_view text) {
    const bool has_dashes = text.size() == 36;
    if (!has_dashes && text.size() != 32) return std::nullopt;
    Id128 id;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (has_dashes && is_dash_place(i)) {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        const auto digit = hex_digit(text[i]);
        if (!digit) return std::nullopt;
        auto& byte = id.bytes[digits / 2];
        byte = static_cast<std::uint8_t>((byte << 4) | *digit);
        ++digits;
    }
    return id;
}

std::optional<Hash256> parse_hash256(std::string_view text) {
    Hash256 hash;
    if (text.size() != 2 * hash.bytes.size()) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto digit = hex_digit(text[i]);
        if (!digit) return std::nullopt;
        hash.bytes[i / 2] = static_cast<std::uint8_t>((hash.bytes[i / 2] << 4) | *digit);
    }
    return hash;
}

}  // namespace daybook
