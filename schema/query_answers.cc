#include "schema/query_answers.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "ledger/form.h"
#include "schema/answer_front.h"
#include "schema/query.h"
#include "schema/receipts.h"
#include "schema/run.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::ReadersNow) == 32);
static_assert(sizeof(wire::ForkOrigin) == 56);
static_assert(sizeof(wire::SeqAtMoment) == 16);

}  // namespace

std::vector<std::byte> encode_status(const MessageHeader& asked, const Status& status) {
    auto message = begin_answer(asked, MessageKind::status_now, status.book, status.standing, 0);
    constexpr std::size_t kEnd = kAnswerStart + sizeof(wire::ReadersNow);
    message.resize(kEnd + (status.origin ? sizeof(wire::ForkOrigin) : 0));
    store(std::span{message}.subspan(kAnswerStart),
          wire::ReadersNow{status.journal.count, status.projection.count,
                           status.journal.oldest_txns, status.projection.oldest_txns, 0});
    if (const auto& origin = status.origin) {
        store(std::span{message}.subspan(kEnd),
              wire::ForkOrigin{to_wire(origin->book), origin->seq.value(), to_wire(origin->block)});
    }
    return message;
}

std::expected<Status, Malformation> decode_status(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::status_now);
    if (!answer) return std::unexpected{answer.error()};
    constexpr std::size_t kReaders = sizeof(wire::ReadersNow);
    const std::size_t size = answer->rest.size();
    if (size != kReaders && size != kReaders + sizeof(wire::ForkOrigin)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    const auto readers = load<wire::ReadersNow>(answer->rest);
    Status status{answer->header.book,
                  answer->standing,
                  {readers.journal_readers(), readers.journal_oldest_txns()},
                  {readers.projection_readers(), readers.projection_oldest_txns()}};
    if (size != kReaders) {
        const auto origin = load<wire::ForkOrigin>(answer->rest.subspan(kReaders));
        status.origin = {from_wire(origin.book()), Seq{origin.seq()}, from_wire(origin.block())};
    }
    return status;
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
        auto line = read_balance(load<wire::AccountBalance>(rest));
        if (!line) return std::unexpected{line.error()};
        balances.lines.push_back(*std::move(line));
    }
    return balances;
}

std::vector<std::byte> encode_named(const MessageHeader& asked, const Id128& book,
                                    const NamedBalances& balances) {
    auto message = begin_answer(asked, MessageKind::named_balances, book, balances.standing,
                                balances.lines.size());
    for (const auto& line : balances.lines) {
        const auto balance = to_wire(line.balance);
        append_frame(message, std::as_bytes(std::span{&balance, 1}));
        append_frame(message, as_bytes(line.code));
    }
    return message;
}

std::expected<NamedBalances, Malformation> decode_named(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::named_balances);
    if (!answer) return std::unexpected{answer.error()};
    NamedBalances balances{answer->standing, {}};
    FrameReader frames{answer->rest};
    while (!frames.is_at_end()) {
        const auto balance = frames.next();
        if (!balance) return std::unexpected{balance.error()};
        const auto code = frames.next();
        if (!code) return std::unexpected{code.error()};
        if (balance->size() != sizeof(wire::AccountBalance) ||
            code->size() > kAccountCodeBytesMax) {
            return std::unexpected{Malformation::bad_bytes};
        }
        auto line = read_balance(load<wire::AccountBalance>(*balance));
        if (!line) return std::unexpected{line.error()};
        balances.lines.push_back({text_of(*code), *std::move(line)});
    }
    if (balances.lines.size() != answer->header.count) {
        return std::unexpected{Malformation::bad_bytes};
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
        accounts.accounts.push_back({AccountNumber{number}, text_of(code)});
    }
    if (accounts.accounts.size() != answer->header.count) {
        return std::unexpected{Malformation::bad_bytes};
    }
    return accounts;
}

std::vector<std::byte> encode_moment(const MessageHeader& asked, const Id128& book,
                                     const SeqAtMoment& reached) {
    auto message = begin_answer(asked, MessageKind::seq_at_moment, book, reached.standing, 0);
    message.resize(kAnswerStart + sizeof(wire::SeqAtMoment));
    store(std::span{message}.subspan(kAnswerStart),
          wire::SeqAtMoment{reached.seq.value(), reached.began.nanoseconds()});
    return message;
}

std::expected<SeqAtMoment, Malformation> decode_moment(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::seq_at_moment);
    if (!answer) return std::unexpected{answer.error()};
    if (answer->rest.size() != sizeof(wire::SeqAtMoment)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    const auto stored = load<wire::SeqAtMoment>(answer->rest);
    const SeqAtMoment reached{answer->standing, Seq{stored.seq()}, Stamp{stored.began()}};
    if (reached.seq > reached.standing.head) return std::unexpected{Malformation::bad_bytes};
    return reached;
}

std::vector<std::byte> encode_not_reached(const MessageHeader& asked, const Id128& book,
                                          Seq min_seq, Seq reached) {
    auto message = encode_refusal(
        asked, book,
        {code_of(Refusal::not_reached), 0,
         (is_of_journal(asked.kind) ? "the journal is at seq " : "the projection is at seq ") +
             std::to_string(reached.value()) + ", before " + std::to_string(min_seq.value()) +
             "; ask again, or wait longer"});
    auto header = *decode_header(message);
    header.head = reached;
    encode_header(header, std::span{message}.first<kMessageHeaderBytes>());
    return message;
}

}  // namespace daybook::schema
