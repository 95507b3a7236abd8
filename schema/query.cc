#include "schema/query.h"

#include <algorithm>

#include "ledger/form.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::Query) == 32);

std::string text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What a kind has no use for is zero.
Malformation check_fields(const Query& query) {
    const bool is_range = query.kind == MessageKind::record_range;
    if (is_range == (query.from == Seq{})) return Malformation::bad_bytes;
    if (!is_range && query.bytes_max != 0) return Malformation::reserved_not_zero;
    return Malformation::none;
}

Malformation check_texts(const Query& query) {
    const auto is_too_long = [](const std::string& text) {
        return text.size() > kAccountCodeBytesMax;
    };
    if (std::ranges::any_of(query.texts, is_too_long)) return Malformation::account_code;
    const std::size_t count = query.texts.size();
    if (query.kind == MessageKind::status || query.kind == MessageKind::record_range) {
        return count == 0 ? Malformation::none : Malformation::bad_bytes;
    }
    if (query.kind == MessageKind::balances) {
        if (count > kCodesMax) return Malformation::too_many_commands;
        return count > 0 ? Malformation::none : Malformation::bad_bytes;
    }
    if (query.kind == MessageKind::accounts) {
        return count == 2 ? Malformation::none : Malformation::bad_bytes;
    }
    return Malformation::unknown_kind;
}

}  // namespace

std::vector<std::byte> encode_query(const Query& query, const Id128& book,
                                    std::uint64_t correlation) {
    MessageHeader header;
    header.kind = query.kind;
    header.book = book;
    header.correlation = correlation;
    header.count = static_cast<std::uint32_t>(query.texts.size());
    std::vector<std::byte> message(kMessageHeaderBytes + sizeof(wire::Query));
    encode_header(header, std::span{message}.first<kMessageHeaderBytes>());
    store(
        std::span{message}.subspan(kMessageHeaderBytes),
        wire::Query{query.min_seq.value(), query.from.value(), query.wait_ms, query.bytes_max, 0});
    for (const auto& text : query.texts)
        append_frame(message, as_bytes(text));
    return message;
}

std::expected<AskedQuery, Malformation> decode_query(Bytes message, const Id128& book) {
    const auto header = decode_header(message);
    if (!header) return std::unexpected{header.error()};
    AskedQuery asked{*header, {}};
    asked.query.kind = header->kind;
    // Sent to the wrong endpoint: that it does not name the book it cannot know is no wonder.
    if (header->kind < MessageKind::status) return std::unexpected{Malformation::unknown_kind};
    const bool may_name_none = header->kind == MessageKind::status && header->book.is_none();
    if (header->book != book && !may_name_none) return std::unexpected{Malformation::other_book};
    if (message.size() > kQueryBytesMax) return std::unexpected{Malformation::too_large};
    const Bytes rest = message.subspan(kMessageHeaderBytes);
    if (rest.size() < sizeof(wire::Query)) return std::unexpected{Malformation::bad_bytes};
    const auto stored = load<wire::Query>(rest);
    if (stored.reserved() != 0) return std::unexpected{Malformation::reserved_not_zero};
    asked.query.min_seq = Seq{stored.min_seq()};
    asked.query.from = Seq{stored.from()};
    asked.query.wait_ms = stored.wait_ms();
    asked.query.bytes_max = stored.bytes_max();
    FrameReader frames{rest.subspan(sizeof(wire::Query))};
    while (!frames.is_at_end()) {
        const auto text = frames.next();
        if (!text) return std::unexpected{text.error()};
        asked.query.texts.push_back(text_of(*text));
    }
    if (asked.query.texts.size() != header->count) return std::unexpected{Malformation::bad_bytes};
    auto wrong = check_texts(asked.query);
    if (wrong == Malformation::none) wrong = check_fields(asked.query);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    return asked;
}

}  // namespace daybook::schema
