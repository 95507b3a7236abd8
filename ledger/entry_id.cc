#include "ledger/entry_id.h"

#include <charconv>

namespace daybook {

namespace {

// Decimal digits and nothing else; nothing when it is above `last`.
std::optional<std::uint64_t> parse_digits(std::string_view text, std::uint64_t last) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_whole = error == std::errc{} && end == text.data() + text.size();
    return is_whole && value <= last ? std::optional{value} : std::nullopt;
}

constexpr std::uint64_t kMemberLast = 254;

}  // namespace

std::string to_string(EntryId id) {
    const std::string member = "." + std::to_string(id.member());
    if (id.is_of_this_seq()) return member;
    const std::string seq = std::to_string(id.seq().value());
    return id.member() == 0 ? seq : seq + member;
}

std::optional<EntryId> parse_entry_id(std::string_view text) {
    const auto point = text.find('.');
    std::optional<std::uint64_t> seq = 0;
    if (point != 0) {
        seq = parse_digits(text.substr(0, point), kSeqMax.value());
        if (seq == std::uint64_t{0}) return std::nullopt;
    }
    std::optional<std::uint64_t> member = 0;
    if (point != std::string_view::npos) {
        member = parse_digits(text.substr(point + 1), kMemberLast);
    }
    if (!seq || !member) return std::nullopt;
    return EntryId{Seq{*seq}, static_cast<std::uint16_t>(*member)};
}

}  // namespace daybook
