#include "schema/query.h"

#include <algorithm>

#include "ledger/form.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::Query) == 32);
static_assert(sizeof(wire::QueryRange) == 32);
static_assert(sizeof(wire::QueryAccounts) == 32);

bool has_range(MessageKind kind) {
    return kind == MessageKind::statement || kind == MessageKind::moment;
}

// What a kind has no use for is zero.
Malformation check_fields(const Query& query) {
    const bool is_statement = query.kind == MessageKind::statement;
    const bool has_from =
        is_statement || query.kind == MessageKind::record_range || query.kind == MessageKind::entry;
    if (has_from == (query.from == Seq{})) return Malformation::bad_bytes;
    if (is_statement == (query.lines_max == 0)) return Malformation::bad_bytes;
    const bool has_bytes = query.kind == MessageKind::record_range;
    if (!has_bytes && query.bytes_max != 0) return Malformation::reserved_not_zero;
    const bool is_bounded = query.to != Seq{} || !query.before.is_none();
    if (!is_statement && is_bounded) return Malformation::reserved_not_zero;
    const bool is_moment = query.kind == MessageKind::moment;
    if (!is_moment && !query.moment.is_none()) return Malformation::reserved_not_zero;
    return Malformation::none;
}

Malformation check_accounts(const Query& query) {
    const auto& asked = query.accounts;
    const bool is_list = query.kind == MessageKind::account_list;
    if (is_list == (asked.lines_max == 0)) return Malformation::bad_bytes;
    if (!is_list && (asked.type || asked.state)) return Malformation::reserved_not_zero;
    const bool is_trial = query.kind == MessageKind::trial_balance;
    if (!is_trial && !asked.after.is_none()) return Malformation::reserved_not_zero;
    if (asked.as_of > kSeqMax) return Malformation::bad_bytes;
    if (asked.type && (*asked.type < AccountType::asset || *asked.type > AccountType::expense)) {
        return Malformation::account_type;
    }
    const bool is_state = !asked.state || (*asked.state >= AccountState::open &&
                                           *asked.state <= AccountState::closed);
    return is_state ? Malformation::none : Malformation::account_state;
}

Malformation check_texts(const Query& query) {
    const auto is_too_long = [](const std::string& text) {
        return text.size() > kAccountCodeBytesMax;
    };
    if (std::ranges::any_of(query.texts, is_too_long)) return Malformation::account_code;
    const std::size_t count = query.texts.size();
    const auto fits = [&](std::size_t texts) {
        return count == texts ? Malformation::none : Malformation::bad_bytes;
    };
    const bool has_none = query.kind == MessageKind::status ||
                          query.kind == MessageKind::trial_balance ||
                          query.kind == MessageKind::entry || query.kind == MessageKind::facts;
    if (has_none || is_of_journal(query.kind)) return fits(0);
    if (query.kind == MessageKind::numbers) {
        return query.numbers.empty() ? Malformation::bad_bytes : fits(0);
    }
    if (query.kind == MessageKind::statement) return fits(1);
    if (query.kind == MessageKind::reference) {
        return count == 1 && query.texts[0].empty() ? Malformation::reference_missing : fits(1);
    }
    if (query.kind == MessageKind::accounts) return fits(2);
    if (query.kind == MessageKind::account_list) return fits(3);
    if (query.kind == MessageKind::balances || query.kind == MessageKind::account_details) {
        if (count > kCodesMax) return Malformation::too_many_commands;
        return count > 0 ? Malformation::none : Malformation::bad_bytes;
    }
    return Malformation::unknown_kind;
}

// What follows: `count` frames of text, or of a number each.
Malformation read_frames(Bytes bytes, std::size_t count, Query& query) {
    FrameReader frames{bytes};
    while (!frames.is_at_end()) {
        const auto frame = frames.next();
        if (!frame) return frame.error();
        if (query.kind != MessageKind::numbers) {
            query.texts.push_back(text_of(*frame));
        } else if (frame->size() != sizeof(std::uint64_t)) {
            return Malformation::bad_bytes;
        } else if (query.numbers.size() == kCodesMax) {
            return Malformation::too_many_commands;
        } else {
            query.numbers.emplace_back(load<std::uint64_t>(*frame));
        }
    }
    const bool is_count = query.texts.size() + query.numbers.size() == count;
    return is_count ? Malformation::none : Malformation::bad_bytes;
}

Malformation read_accounts(Bytes& rest, AccountsAsked& asked) {
    if (rest.size() < sizeof(wire::QueryAccounts)) return Malformation::bad_bytes;
    const auto stored = load<wire::QueryAccounts>(rest);
    if (stored.reserved1() != 0 || stored.reserved2() != 0) return Malformation::reserved_not_zero;
    asked.as_of = Seq{stored.as_of()};
    asked.after = AccountNumber{stored.after()};
    asked.lines_max = stored.lines_max();
    if (stored.type() != 0) asked.type = static_cast<AccountType>(stored.type());
    if (stored.state() != 0) asked.state = static_cast<AccountState>(stored.state());
    rest = rest.subspan(sizeof(wire::QueryAccounts));
    return Malformation::none;
}

wire::QueryAccounts to_wire(const AccountsAsked& asked) {
    return {asked.as_of.value(),
            asked.after.value(),
            asked.lines_max,
            static_cast<std::uint8_t>(asked.type ? static_cast<std::uint8_t>(*asked.type) : 0),
            static_cast<std::uint8_t>(asked.state ? static_cast<std::uint8_t>(*asked.state) : 0),
            0,
            0};
}

// Takes the parts of a fixed size off the front of `rest`.
Malformation read_fixed(Bytes& rest, Query& query) {
    if (rest.size() < sizeof(wire::Query)) return Malformation::bad_bytes;
    const auto stored = load<wire::Query>(rest);
    if (stored.reserved() != 0) return Malformation::reserved_not_zero;
    query.min_seq = Seq{stored.min_seq()};
    query.from = Seq{stored.from()};
    query.wait_ms = stored.wait_ms();
    query.bytes_max = stored.bytes_max();
    rest = rest.subspan(sizeof(wire::Query));
    if (is_of_accounts(query.kind)) return read_accounts(rest, query.accounts);
    if (!has_range(query.kind)) return Malformation::none;
    if (rest.size() < sizeof(wire::QueryRange)) return Malformation::bad_bytes;
    const auto range = load<wire::QueryRange>(rest);
    if (range.reserved() != 0) return Malformation::reserved_not_zero;
    query.to = Seq{range.to()};
    query.before = TouchPointer{range.before()};
    query.lines_max = range.lines_max();
    query.moment = Stamp{range.moment()};
    rest = rest.subspan(sizeof(wire::QueryRange));
    return Malformation::none;
}

}  // namespace

Seq seq_needed(const Query& query, Seq head) {
    if (query.kind == MessageKind::entry) {
        return std::max(query.min_seq, query.from <= head ? query.from : Seq{});
    }
    const bool is_of_past = is_of_accounts(query.kind) && query.accounts.as_of != kSeqMax;
    return is_of_past ? std::max(query.min_seq, query.accounts.as_of) : query.min_seq;
}

std::vector<std::byte> encode_query(const Query& query, const Id128& book,
                                    std::uint64_t correlation) {
    MessageHeader header;
    header.kind = query.kind;
    header.book = book;
    header.correlation = correlation;
    header.count = static_cast<std::uint32_t>(query.texts.size() + query.numbers.size());
    constexpr std::size_t kFixedBytes = kMessageHeaderBytes + sizeof(wire::Query);
    std::vector<std::byte> message(kFixedBytes);
    encode_header(header, std::span{message}.first<kMessageHeaderBytes>());
    store(
        std::span{message}.subspan(kMessageHeaderBytes),
        wire::Query{query.min_seq.value(), query.from.value(), query.wait_ms, query.bytes_max, 0});
    if (has_range(query.kind)) {
        message.resize(kFixedBytes + sizeof(wire::QueryRange));
        store(std::span{message}.subspan(kFixedBytes),
              wire::QueryRange{query.to.value(), query.before.bits(), query.moment.nanoseconds(),
                               query.lines_max, 0});
    }
    if (is_of_accounts(query.kind)) {
        message.resize(kFixedBytes + sizeof(wire::QueryAccounts));
        store(std::span{message}.subspan(kFixedBytes), to_wire(query.accounts));
    }
    for (const auto& text : query.texts)
        append_frame(message, as_bytes(text));
    for (const auto number : query.numbers) {
        const std::uint64_t value = number.value();
        append_frame(message, std::as_bytes(std::span{&value, 1}));
    }
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
    Bytes rest = message.subspan(kMessageHeaderBytes);
    auto wrong = read_fixed(rest, asked.query);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    wrong = read_frames(rest, header->count, asked.query);
    if (wrong != Malformation::none) return std::unexpected{wrong};
    wrong = check_texts(asked.query);
    if (wrong == Malformation::none) wrong = check_fields(asked.query);
    if (wrong == Malformation::none && is_of_accounts(header->kind)) {
        wrong = check_accounts(asked.query);
    }
    if (wrong != Malformation::none) return std::unexpected{wrong};
    return asked;
}

}  // namespace daybook::schema
