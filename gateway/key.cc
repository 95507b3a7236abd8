#include "gateway/key.h"

#include <algorithm>
#include <array>
#include <span>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace daybook::gateway {

std::optional<Id128> key_from_text(std::string_view text) {
    constexpr std::size_t kTextMax = 128;
    const auto is_visible = [](char c) { return c > ' ' && c <= '~'; };
    if (text.empty() || text.size() > kTextMax || !std::ranges::all_of(text, is_visible)) {
        return std::nullopt;
    }
    auto key = parse_id128(text);
    if (!key) {
        std::array<unsigned char, 32> digest{};
        const int is_done =
            EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
        CHECK_INVARIANT(is_done == 1, "SHA-256 is always there");
        key.emplace();
        std::ranges::copy(std::span{digest}.first<16>(), key->bytes.begin());
    }
    if (key->is_none()) return std::nullopt;
    return key;
}

Id128 new_key(Stamp now) {
    Id128 key;
    const int is_done = RAND_bytes(key.bytes.data(), static_cast<int>(key.bytes.size()));
    CHECK_INVARIANT(is_done == 1, "the system gives random bytes");
    auto milliseconds = static_cast<std::uint64_t>(now.nanoseconds() / 1'000'000);
    for (std::size_t i = 6; i-- > 0; milliseconds >>= 8) {
        key.bytes[i] = static_cast<std::uint8_t>(milliseconds);
    }
    key.bytes[6] = static_cast<std::uint8_t>(0x70 | (key.bytes[6] & 0x0f));  // version 7
    key.bytes[8] = static_cast<std::uint8_t>(0x80 | (key.bytes[8] & 0x3f));  // RFC variant
    return key;
}

std::string to_uuid(const Id128& key) {
    std::string text = to_hex(key.bytes);
    for (const std::size_t place : {8U, 13U, 18U, 23U})
        text.insert(place, "-");
    return text;
}

}  // namespace daybook::gateway
