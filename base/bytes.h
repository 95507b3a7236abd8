// Byte spans, 128-bit ids and 256-bit hashes as values, and their hexadecimal text.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace daybook {

static_assert(std::endian::native == std::endian::little,
              "journal, wire and projection are little-endian and read in place");

using Bytes = std::span<const std::byte>;

// Sixteen bytes that name something: a book, an idempotency key, a tag. All zero means "none".
struct Id128 {
    std::array<std::uint8_t, 16> bytes{};

    constexpr bool is_none() const { return *this == Id128{}; }
    friend constexpr auto operator<=>(const Id128&, const Id128&) = default;
};

struct Hash256 {
    std::array<std::uint8_t, 32> bytes{};

    friend constexpr auto operator<=>(const Hash256&, const Hash256&) = default;
};

// Lower case, two digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

// 32 hexadecimal digits, or a UUID with its dashes; nothing else.
std::optional<Id128> parse_id128(std::string_view text);

// 64 hexadecimal digits; nothing else.
std::optional<Hash256> parse_hash256(std::string_view text);

// Rounds up to the next multiple of 8: every stored value starts and ends on one.
constexpr std::size_t padded_to_8(std::size_t size) {
    return (size + 7) & ~std::size_t{7};
}

inline Bytes as_bytes(std::string_view text) {
    return std::as_bytes(std::span{text});
}

}  // namespace daybook
