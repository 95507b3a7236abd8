// The answers' side of schema/query.h.
#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "ledger/form.h"
#include "schema/query.h"
#include "schema/receipts.h"
#include "schema/run.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::Standing) == 32);
static_assert(sizeof(wire::ReadersNow) == 32);
static_assert(sizeof(wire::AccountBalance) == 112);

constexpr std::size_t kAnswerStart = kMessageHeaderBytes + sizeof(wire::Standing);

std::vector<std::byte> begin_answer(const MessageHeader& asked, MessageKind kind, const Id128& book,
                                    const Standing& standing, std::size_t count) {
    MessageHeader header = answer_header(asked, kind, book);
    header.head = standing.head;
    header.count = static_cast<std::uint32_t>(count);
    std::vector<std::byte> message(kAnswerStart);
    encode_header(header, std::span{message}.first<kMessageHeaderBytes>());
    store(std::span{message}.subspan(kMessageHeaderBytes),
          wire::Standing{standing.head.value(), standing.head_stamp.nanoseconds(),
                         standing.watermark.value(), standing.watermark_stamp.nanoseconds()});
    return message;
}

struct Answer {
    MessageHeader header;
    Standing standing;
    Bytes rest;
};

std::expected<Answer, Malformation> begin_decoding(Bytes message, MessageKind kind) {
    const auto header = decode_header(message);
    if (!header) return std::unexpected{header.error()};
    if (header->kind != kind) return std::unexpected{Malformation::unknown_kind};
    if (message.size() < kAnswerStart) return std::unexpected{Malformation::bad_bytes};
    const auto stored = load<wire::Standing>(message.subspan(kMessageHeaderBytes));
    const Standing standing{Seq{stored.head()}, Stamp{stored.head_stamp()}, Seq{stored.watermark()},
                            Stamp{stored.watermark_stamp()}};
    if (standing.watermark > standing.head || standing.head != header->head) {
        return std::unexpected{Malformation::bad_bytes};
    }
    return Answer{*header, standing, message.subspan(kAnswerStart)};
}

wire::AccountBalance to_wire(const AccountBalance& line) {
    if (line.number.is_none()) return {};
    Id128 asset_code;
    CHECK_INVARIANT(line.asset_code.size() <= asset_code.bytes.size(), "asset codes fit 16 bytes");
    std::ranges::copy(line.asset_code, asset_code.bytes.begin());
    return {line.number.value(),
            line.version,
            line.last.bits(),
            line.asset.value(),
            static_cast<std::uint8_t>(line.scale),
            static_cast<std::uint8_t>(line.type),
            static_cast<std::uint8_t>(line.state),
            0,
            schema::to_wire(asset_code),
            schema::to_wire(line.totals.posted_debits),
            schema::to_wire(line.totals.posted_credits),
            schema::to_wire(line.totals.held_debits),
            schema::to_wire(line.totals.held_credits)};
}

AccountBalance from_wire(const wire::AccountBalance& stored) {
    AccountBalance line;
    const Id128 code = schema::from_wire(stored.asset_code());
    line.number = AccountNumber{stored.number()};
    line.asset = AssetNumber{stored.asset()};
    line.asset_code = {code.bytes.begin(), std::ranges::find(code.bytes, std::uint8_t{0})};
    line.scale = stored.scale();
    // Those of an account that does not exist are zero and stay as in AccountBalance{}.
    if (line.number.is_none()) return line;
    line.type = static_cast<AccountType>(stored.type());
    line.state = static_cast<AccountState>(stored.state());
    line.totals = {amount_from(stored.posted_debits()), amount_from(stored.posted_credits()),
                   amount_from(stored.held_debits()), amount_from(stored.held_credits())};
    line.version = stored.version();
    line.last = TouchPointer{stored.last()};
    return line;
}

}  // namespace

std::vector<std::byte> encode_status(const MessageHeader& asked, const Status& status) {
    auto message = begin_answer(asked, MessageKind::status_now, status.book, status.standing, 0);
    message.resize(kAnswerStart + sizeof(wire::ReadersNow));
    store(std::span{message}.subspan(kAnswerStart),
          wire::ReadersNow{status.journal.count, status.projection.count,
                           status.journal.oldest_txns, status.projection.oldest_txns, 0});
    return message;
}

std::expected<Status, Malformation> decode_status(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::status_now);
    if (!answer) return std::unexpected{answer.error()};
    if (answer->rest.size() != sizeof(wire::ReadersNow)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    const auto readers = load<wire::ReadersNow>(answer->rest);
    return Status{answer->header.book,
                  answer->standing,
                  {readers.journal_readers(), readers.journal_oldest_txns()},
                  {readers.projection_readers(), readers.projection_oldest_txns()}};
}

std::vector<std::byte> encode_balances(const MessageHeader& asked, const Id128& book,
                                       const AccountBalances& balances) {
    const auto& lines = balances.lines;
    auto message =
        begin_answer(asked, MessageKind::account_balances, book, balances.standing, lines.size());
    message.resize(kAnswerStart + lines.size() * sizeof(wire::AccountBalance));
    auto room = std::span{message}.subspan(kAnswerStart);
    for (const auto& line : lines) {
        store(room, to_wire(line));
        room = room.subspan(sizeof(wire::AccountBalance));
    }
    return message;
}

std::expected<AccountBalances, Malformation> decode_balances(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::account_balances);
    if (!answer) return std::unexpected{answer.error()};
    Bytes rest = answer->rest;
    if (rest.size() != answer->header.count * sizeof(wire::AccountBalance)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    AccountBalances balances{answer->standing, {}};
    for (; !rest.empty(); rest = rest.subspan(sizeof(wire::AccountBalance))) {
        balances.lines.push_back(from_wire(load<wire::AccountBalance>(rest)));
    }
    return balances;
}

std::vector<std::byte> encode_range(const MessageHeader& asked, const Id128& book,
                                    const Standing& standing, Bytes runs, std::uint32_t count) {
    auto message = begin_answer(asked, MessageKind::range_of_records, book, standing, count);
    message.insert(message.end(), runs.begin(), runs.end());
    return message;
}

std::expected<RangeOfRecords, Malformation> decode_range(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::range_of_records);
    if (!answer) return std::unexpected{answer.error()};
    RunReader runs{answer->rest};
    Run run;
    std::size_t count = 0;
    Seq before;
    while (!runs.is_at_end()) {
        const auto wrong = runs.next(run);
        if (wrong != Malformation::none) return std::unexpected{wrong};
        if (count > 0 && run.first != before.next()) {
            return std::unexpected{Malformation::bad_bytes};
        }
        count += run.records.size();
        before = run.last();
    }
    if (count != answer->header.count || before > answer->standing.head) {
        return std::unexpected{Malformation::bad_bytes};
    }
    return RangeOfRecords{answer->standing, answer->rest};
}

std::vector<std::byte> encode_accounts(const MessageHeader& asked, const Id128& book,
                                       const AccountsUnder& accounts) {
    auto message = begin_answer(asked, MessageKind::accounts_under, book, accounts.standing,
                                accounts.accounts.size());
    std::vector<std::byte> line;
    for (const auto& account : accounts.accounts) {
        const std::uint64_t number = account.number.value();
        line.resize(sizeof number + account.code.size());
        std::memcpy(line.data(), &number, sizeof number);
        std::ranges::copy(as_bytes(account.code), line.begin() + sizeof number);
        append_frame(message, line);
    }
    return message;
}

std::expected<AccountsUnder, Malformation> decode_accounts(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::accounts_under);
    if (!answer) return std::unexpected{answer.error()};
    AccountsUnder accounts{answer->standing, {}};
    FrameReader frames{answer->rest};
    while (!frames.is_at_end()) {
        const auto frame = frames.next();
        if (!frame) return std::unexpected{frame.error()};
        std::uint64_t number = 0;
        if (frame->size() <= sizeof number ||
            frame->size() > sizeof number + kAccountCodeBytesMax) {
            return std::unexpected{Malformation::bad_bytes};
        }
        std::memcpy(&number, frame->data(), sizeof number);
        const Bytes code = frame->subspan(sizeof number);
        accounts.accounts.push_back(
            {AccountNumber{number},
             std::string{reinterpret_cast<const char*>(code.data()), code.size()}});
    }
    if (accounts.accounts.size() != answer->header.count) {
        return std::unexpected{Malformation::bad_bytes};
    }
    return accounts;
}

std::vector<std::byte> encode_not_reached(const MessageHeader& asked, const Id128& book,
                                          Seq min_seq, Seq reached) {
    auto message =
        encode_refusal(asked, book,
                       {code_of(Refusal::not_reached), 0,
                        (asked.kind == MessageKind::record_range ? "the journal is at seq "
                                                                 : "the projection is at seq ") +
                            std::to_string(reached.value()) + ", before " +
                            std::to_string(min_seq.value()) + "; ask again, or wait longer"});
    auto header = *decode_header(message);
    header.head = reached;
    encode_header(header, std::span{message}.first<kMessageHeaderBytes>());
    return message;
}

}  // namespace daybook::schema
