#include "schema/statement.h"

#include <array>
#include <span>

#include "ledger/form.h"
#include "schema/answer_front.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::StatementLine) == 192);
static_assert(sizeof(wire::CounterPosting) == 32);

constexpr std::size_t framed(std::size_t bytes) {
    return sizeof(wire::Frame) + padded_to_8(bytes);
}
constexpr std::size_t kFrontBytes =
    kAnswerStart + framed(2 * sizeof(wire::AccountBalance)) + framed(sizeof(std::uint64_t));
constexpr std::size_t kLineBytesMax =
    framed(sizeof(wire::StatementLine)) + framed(kReferenceBytesMax) + framed(kDescriptionBytesMax);
constexpr std::size_t kCounterBytesMax =
    framed(sizeof(wire::CounterPosting)) + framed(kAccountCodeBytesMax);
static_assert(kFrontBytes + (kStatementLinesMax * kLineBytesMax) +
                      ((kStatementPostingsMax + kPostingsMax) * kCounterBytesMax) <=
                  std::size_t{1} << 20,
              "an answer is at most 1 MiB");

// What a line may lack.
enum Bit : std::uint8_t {
    has_about = 1,
    has_state = 2,
    has_limits = 4,
    has_min = 8,
    has_max = 16,
};
constexpr unsigned kAllBits = 31;

std::uint8_t bits_of(const StatementLine& line) {
    unsigned bits = 0;
    if (line.about) bits |= has_about;
    if (line.state) bits |= has_state;
    if (line.limits) bits |= has_limits;
    if (line.limits && line.limits->min) bits |= has_min;
    if (line.limits && line.limits->max) bits |= has_max;
    return static_cast<std::uint8_t>(bits);
}

wire::StatementLine to_wire(const StatementLine& line) {
    const Limits limits = line.limits.value_or(Limits{});
    const auto state = line.state ? static_cast<std::uint8_t>(*line.state) : std::uint8_t{0};
    return {line.at.bits(),
            line.recorded_at.nanoseconds(),
            line.effective_at.nanoseconds(),
            line.id.bits(),
            line.about.value_or(EntryId{}).bits(),
            line.version,
            static_cast<std::uint8_t>(line.kind),
            static_cast<std::uint8_t>(line.side),
            state,
            bits_of(line),
            static_cast<std::uint32_t>(line.counter.size()),
            0,
            schema::to_wire(line.posted),
            schema::to_wire(line.held),
            schema::to_wire(limits.min.value_or(SignedAmount{})),
            schema::to_wire(limits.max.value_or(SignedAmount{})),
            schema::to_wire(line.after.posted_debits),
            schema::to_wire(line.after.posted_credits),
            schema::to_wire(line.after.held_debits),
            schema::to_wire(line.after.held_credits)};
}

bool is_side(std::uint8_t side) {
    return side == static_cast<std::uint8_t>(Side::debit) ||
           side == static_cast<std::uint8_t>(Side::credit);
}

bool is_sound(const wire::StatementLine& stored) {
    const bool is_kind = stored.kind() >= static_cast<std::uint8_t>(LineKind::transfer) &&
                         stored.kind() <= static_cast<std::uint8_t>(LineKind::limits_changed);
    const auto has = [&](unsigned bits) { return (stored.bits() & bits) != 0; };
    const bool is_state = stored.state() >= static_cast<std::uint8_t>(AccountState::open) &&
                          stored.state() <= static_cast<std::uint8_t>(AccountState::closed);
    const bool is_open_ended = !has(~kAllBits) && (has(has_limits) || !has(has_min | has_max));
    return is_kind && is_side(stored.side()) && is_open_ended && stored.reserved() == 0 &&
           has(has_state) == (stored.state() != 0) && (is_state || !has(has_state));
}

StatementLine from_wire(const wire::StatementLine& stored) {
    StatementLine line;
    line.at = TouchPointer{stored.at()};
    line.recorded_at = Stamp{stored.recorded_at()};
    line.effective_at = Stamp{stored.effective_at()};
    line.id = EntryId{stored.id()};
    line.version = stored.version();
    line.kind = static_cast<LineKind>(stored.kind());
    line.side = static_cast<Side>(stored.side());
    line.posted = amount_from(stored.posted());
    line.held = signed_amount_from(stored.held());
    line.after = {amount_from(stored.posted_debits()), amount_from(stored.posted_credits()),
                  amount_from(stored.held_debits()), amount_from(stored.held_credits())};
    const auto has = [&](unsigned bit) { return (stored.bits() & bit) != 0; };
    if (has(has_about)) line.about = EntryId{stored.about()};
    if (has(has_state)) line.state = static_cast<AccountState>(stored.state());
    if (has(has_limits)) line.limits.emplace();
    if (has(has_min)) line.limits->min = signed_amount_from(stored.min());
    if (has(has_max)) line.limits->max = signed_amount_from(stored.max());
    return line;
}

template <typename Struct>
void append_struct(std::vector<std::byte>& out, const Struct& value) {
    append_frame(out, std::as_bytes(std::span{&value, 1}));
}

void append_line(std::vector<std::byte>& out, const StatementLine& line) {
    append_struct(out, to_wire(line));
    append_frame(out, as_bytes(line.reference));
    append_frame(out, as_bytes(line.description));
    for (const auto& posting : line.counter) {
        append_struct(out, wire::CounterPosting{
                               posting.account.value(), schema::to_wire(posting.amount),
                               posting.asset.value(), static_cast<std::uint8_t>(posting.scale),
                               static_cast<std::uint8_t>(posting.side), 0});
        append_frame(out, as_bytes(posting.code));
    }
}

// A frame that holds a Struct, or text of at most so many bytes.
template <typename Struct>
std::expected<Struct, Malformation> next_struct(FrameReader& frames) {
    const auto frame = frames.next();
    if (!frame) return std::unexpected{frame.error()};
    if (frame->size() != sizeof(Struct)) return std::unexpected{Malformation::bad_bytes};
    return load<Struct>(*frame);
}
std::expected<std::string, Malformation> next_text(FrameReader& frames, std::size_t bytes_max) {
    const auto frame = frames.next();
    if (!frame) return std::unexpected{frame.error()};
    if (frame->size() > bytes_max) return std::unexpected{Malformation::bad_bytes};
    return text_of(*frame);
}

std::expected<CounterPosting, Malformation> read_counter(FrameReader& frames) {
    const auto stored = next_struct<wire::CounterPosting>(frames);
    if (!stored) return std::unexpected{stored.error()};
    auto code = next_text(frames, kAccountCodeBytesMax);
    if (!code) return std::unexpected{code.error()};
    if (!is_side(stored->side()) || stored->reserved() != 0) {
        return std::unexpected{Malformation::bad_bytes};
    }
    return CounterPosting{.account = AccountNumber{stored->account()},
                          .code = *std::move(code),
                          .asset = AssetNumber{stored->asset()},
                          .scale = stored->scale(),
                          .side = static_cast<Side>(stored->side()),
                          .amount = amount_from(stored->amount())};
}

std::expected<StatementLine, Malformation> read_line(FrameReader& frames) {
    const auto stored = next_struct<wire::StatementLine>(frames);
    if (!stored) return std::unexpected{stored.error()};
    if (!is_sound(*stored)) return std::unexpected{Malformation::bad_bytes};
    auto reference = next_text(frames, kReferenceBytesMax);
    if (!reference) return std::unexpected{reference.error()};
    auto description = next_text(frames, kDescriptionBytesMax);
    if (!description) return std::unexpected{description.error()};
    StatementLine line = from_wire(*stored);
    line.reference = *std::move(reference);
    line.description = *std::move(description);
    for (std::uint32_t i = 0; i < stored->counter_count(); ++i) {
        auto counter = read_counter(frames);
        if (!counter) return std::unexpected{counter.error()};
        line.counter.push_back(*std::move(counter));
    }
    return line;
}

}  // namespace

std::string_view name_of(LineKind kind) {
    switch (kind) {
        case LineKind::transfer:
            return "transfer";
        case LineKind::entry:
            return "entry";
        case LineKind::reversal:
            return "reversal";
        case LineKind::hold_placed:
            return "hold_placed";
        case LineKind::hold_captured:
            return "hold_captured";
        case LineKind::hold_released:
            return "hold_released";
        case LineKind::hold_expired:
            return "hold_expired";
        case LineKind::state_changed:
            return "state_changed";
        case LineKind::limits_changed:
            return "limits_changed";
    }
    return "unknown";
}

std::vector<std::byte> encode_statement(const MessageHeader& asked, const Id128& book,
                                        const AccountStatement& statement) {
    auto message = begin_answer(asked, MessageKind::account_statement, book, statement.standing,
                                statement.lines.size());
    append_struct(message, std::array{schema::to_wire(statement.closing),
                                      schema::to_wire(statement.opening)});
    append_struct(message, statement.next.bits());
    for (const auto& line : statement.lines)
        append_line(message, line);
    return message;
}

std::expected<AccountStatement, Malformation> decode_statement(Bytes message) {
    const auto answer = begin_decoding(message, MessageKind::account_statement);
    if (!answer) return std::unexpected{answer.error()};
    FrameReader frames{answer->rest};
    const auto balances = next_struct<std::array<wire::AccountBalance, 2>>(frames);
    if (!balances) return std::unexpected{balances.error()};
    auto closing = read_balance(balances->front());
    if (!closing) return std::unexpected{closing.error()};
    auto opening = read_balance(balances->back());
    if (!opening) return std::unexpected{opening.error()};
    const auto next = next_struct<std::uint64_t>(frames);
    if (!next) return std::unexpected{next.error()};
    AccountStatement statement{.standing = answer->standing,
                               .closing = *std::move(closing),
                               .opening = *std::move(opening),
                               .next = TouchPointer{*next},
                               .lines = {}};
    auto& lines = statement.lines;
    while (!frames.is_at_end()) {
        auto line = read_line(frames);
        if (!line) return std::unexpected{line.error()};
        // Each is older than the one before it, and a page that follows than all of them.
        if (!lines.empty() && line->at >= lines.back().at) {
            return std::unexpected{Malformation::bad_bytes};
        }
        lines.push_back(*std::move(line));
    }
    const bool goes_on = !statement.next.is_none();
    const bool is_whole = lines.size() == answer->header.count &&
                          (!goes_on || (!lines.empty() && statement.next == lines.back().at));
    if (!is_whole) return std::unexpected{Malformation::bad_bytes};
    return statement;
}

}  // namespace daybook::schema
