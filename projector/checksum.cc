#include "projector/checksum.h"

#include <array>
#include <cstddef>
#include <cstring>

namespace daybook::projector {

namespace {

constexpr std::uint32_t kPolynomial = 0xEDB88320;  // of Ethernet, its bits reversed

// What a byte makes of the sum when 0 to 7 others follow it: eight bytes are taken at a time.
constexpr auto kTables = [] {
    std::array<std::array<std::uint32_t, 256>, 8> tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t sum = byte;
        for (int bit = 0; bit < 8; ++bit)
            sum = (sum >> 1) ^ ((sum & 1) != 0 ? kPolynomial : 0);
        tables[0][byte] = sum;
    }
    for (std::size_t behind = 1; behind < tables.size(); ++behind) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t sum = tables[behind - 1][byte];
            tables[behind][byte] = (sum >> 8) ^ tables[0][sum & 0xFF];
        }
    }
    return tables;
}();

}  // namespace

std::uint32_t crc32(std::uint32_t before, Bytes bytes) {
    std::uint32_t sum = ~before;
    for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        word ^= sum;
        sum = kTables[7][word & 0xFF] ^ kTables[6][(word >> 8) & 0xFF] ^
              kTables[5][(word >> 16) & 0xFF] ^ kTables[4][(word >> 24) & 0xFF] ^
              kTables[3][(word >> 32) & 0xFF] ^ kTables[2][(word >> 40) & 0xFF] ^
              kTables[1][(word >> 48) & 0xFF] ^ kTables[0][word >> 56];
    }
    for (const std::byte byte : bytes)
        sum = (sum >> 8) ^ kTables[0][(sum ^ static_cast<std::uint8_t>(byte)) & 0xFF];
    return ~sum;
}

}  // namespace daybook::projector
