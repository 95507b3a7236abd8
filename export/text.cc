#include "export/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace daybook::exports {

namespace {

// A sign is written before; of the least value nothing is lost.
Amount size_of(SignedAmount amount) {
    const auto bits = static_cast<Uint128>(amount.minor_units());
    return Amount{amount.minor_units() < 0 ? Uint128{0} - bits : bits};
}

}  // namespace

void append(std::string& out, std::uint64_t number) {
    std::array<char, 20> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), end);
}

void append(std::string& out, Amount amount) {
    if (amount.high() == 0) return append(out, amount.low());
    out += to_string(amount);
}

void append(std::string& out, SignedAmount amount) {
    if (amount.minor_units() < 0) out.push_back('-');
    append(out, size_of(amount));
}

void append_decimal(std::string& out, Amount amount, unsigned scale) {
    const std::size_t start = out.size();
    append(out, amount);
    if (scale == 0) return;
    const std::size_t digits = out.size() - start;
    if (digits <= scale) out.insert(start, scale + 1 - digits, '0');
    out.insert(out.size() - scale, 1, '.');
}

void append_decimal(std::string& out, SignedAmount amount, unsigned scale) {
    if (amount.minor_units() < 0) out.push_back('-');
    append_decimal(out, size_of(amount), scale);
}

void append_hex(std::string& out, std::span<const std::uint8_t> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const std::size_t start = out.size();
    out.resize(start + (bytes.size() * 2));
    char* to = out.data() + start;
    for (const std::uint8_t byte : bytes) {
        *to++ = kDigits[byte >> 4];
        *to++ = kDigits[byte & 15];
    }
}

}  // namespace daybook::exports
