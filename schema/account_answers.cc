#include "schema/account_answers.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/check.h"
#include "ledger/form.h"
#include "schema/account_line.h"
#include "schema/answer_front.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::AccountsStand) == 16);
static_assert(sizeof(wire::AccountDetails) == 160);
static_assert(sizeof(wire::TrialLine) == 96);

constexpr std::size_t kFrontBytes = kAnswerStart + sizeof(wire::AccountsStand);

constexpr std::uint8_t kHasMin = 1;
constexpr std::uint8_t kHasMax = 2;

std::vector<std::byte> begin(const MessageHeader& asked, MessageKind kind, const Id128& book,
                             const Standing& standing, const wire::AccountsStand& stand,
                             std::size_t count) {
    auto message = begin_answer(asked, kind, book, standing, count);
    message.resize(kFrontBytes);
    store(std::span{message}.subspan(kAnswerStart), stand);
    return message;
}

struct Begun {
    Answer answer;
    Seq as_of;
    std::uint64_t next = 0;
};

std::expected<Begun, Malformation> begin_reading(Bytes message, MessageKind kind) {
    auto answer = begin_decoding(message, kind);
    if (!answer) return std::unexpected{answer.error()};
    if (answer->rest.size() < sizeof(wire::AccountsStand)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    const auto stand = load<wire::AccountsStand>(answer->rest);
    answer->rest = answer->rest.subspan(sizeof(wire::AccountsStand));
    const Seq as_of{stand.as_of()};
    if (as_of > answer->standing.watermark) return std::unexpected{Malformation::bad_bytes};
    return Begun{*std::move(answer), as_of, stand.next()};
}

wire::TrialLine to_wire(const TrialLine& line) {
    Id128 code;
    CHECK_INVARIANT(line.asset_code.size() <= code.bytes.size(), "asset codes fit 16 bytes");
    std::ranges::copy(line.asset_code, code.bytes.begin());
    return {line.asset.value(),
            static_cast<std::uint8_t>(line.scale),
            static_cast<std::uint8_t>(line.type),
            0,
            schema::to_wire(code),
            line.accounts,
            schema::to_wire(line.totals.posted_debits),
            schema::to_wire(line.totals.posted_credits),
            schema::to_wire(line.totals.held_debits),
            schema::to_wire(line.totals.held_credits)};
}

TrialLine from_wire(const wire::TrialLine& stored) {
    const Id128 code = schema::from_wire(stored.asset_code());
    return {.asset = AssetNumber{stored.asset()},
            .asset_code = {code.bytes.begin(), std::ranges::find(code.bytes, std::uint8_t{0})},
            .scale = stored.scale(),
            .type = static_cast<AccountType>(stored.type()),
            .accounts = stored.accounts(),
            .totals = {amount_from(stored.posted_debits()), amount_from(stored.posted_credits()),
                       amount_from(stored.held_debits()), amount_from(stored.held_credits())}};
}

bool is_trial_line(const wire::TrialLine& stored) {
    return stored.reserved() == 0 && stored.type() >= 1 && stored.type() <= 5 &&
           stored.scale() <= kAssetScaleMax;
}

}  // namespace

void append_line(std::vector<std::byte>& message, const AccountDetails& account) {
    std::uint8_t bits = 0;
    if (account.limits.min) bits |= kHasMin;
    if (account.limits.max) bits |= kHasMax;
    const wire::AccountDetails fixed{schema::to_wire(account.balance),
                                     schema::to_wire(account.limits.min.value_or(SignedAmount{})),
                                     schema::to_wire(account.limits.max.value_or(SignedAmount{})),
                                     bits,
                                     0,
                                     0,
                                     0};
    std::vector<std::byte> line(sizeof fixed + account.code.size());
    store(line, fixed);
    std::ranges::copy(as_bytes(account.code), line.begin() + sizeof fixed);
    append_frame(message, line);
}

std::expected<AccountDetails, Malformation> read_line(FrameReader& frames) {
    const auto frame = frames.next();
    if (!frame) return std::unexpected{frame.error()};
    if (frame->size() < sizeof(wire::AccountDetails) ||
        frame->size() > sizeof(wire::AccountDetails) + kAccountCodeBytesMax) {
        return std::unexpected{Malformation::bad_bytes};
    }
    const auto fixed = load<wire::AccountDetails>(*frame);
    const bool is_plain =
        fixed.reserved1() == 0 && fixed.reserved2() == 0 && fixed.reserved3() == 0;
    if (!is_plain || fixed.bits() > (kHasMin | kHasMax)) {
        return std::unexpected{Malformation::reserved_not_zero};
    }
    auto balance = read_balance(fixed.balance());
    if (!balance) return std::unexpected{balance.error()};
    AccountDetails line{text_of(frame->subspan(sizeof fixed)), *std::move(balance), {}};
    if ((fixed.bits() & kHasMin) != 0) line.limits.min = signed_amount_from(fixed.min());
    if ((fixed.bits() & kHasMax) != 0) line.limits.max = signed_amount_from(fixed.max());
    return line;
}

std::expected<std::vector<AccountDetails>, Malformation> read_lines(FrameReader& frames,
                                                                    std::size_t count) {
    std::vector<AccountDetails> lines;
    while (!frames.is_at_end()) {
        auto line = read_line(frames);
        if (!line) return std::unexpected{line.error()};
        lines.push_back(*std::move(line));
    }
    if (lines.size() != count) return std::unexpected{Malformation::bad_bytes};
    return lines;
}

std::vector<std::byte> encode_listed(const MessageHeader& asked, const Id128& book,
                                     const ListedAccounts& accounts) {
    auto message = begin(asked, MessageKind::listed_accounts, book, accounts.standing,
                         {accounts.as_of.value(), 0}, accounts.lines.size());
    append_frame(message, as_bytes(accounts.next));
    for (const auto& line : accounts.lines)
        append_line(message, line);
    return message;
}

std::expected<ListedAccounts, Malformation> decode_listed(Bytes message) {
    const auto begun = begin_reading(message, MessageKind::listed_accounts);
    if (!begun) return std::unexpected{begun.error()};
    FrameReader frames{begun->answer.rest};
    const auto next = frames.next();
    if (!next) return std::unexpected{next.error()};
    if (next->size() > kAccountCodeBytesMax || begun->next != 0) {
        return std::unexpected{Malformation::bad_bytes};
    }
    auto lines = read_lines(frames, begun->answer.header.count);
    if (!lines) return std::unexpected{lines.error()};
    return ListedAccounts{begun->answer.standing, begun->as_of, text_of(*next), *std::move(lines)};
}

std::vector<std::byte> encode_details(const MessageHeader& asked, const Id128& book,
                                      const DetailedAccounts& accounts) {
    auto message = begin(asked, MessageKind::detailed_accounts, book, accounts.standing,
                         {accounts.as_of.value(), 0}, accounts.lines.size());
    for (const auto& line : accounts.lines)
        append_line(message, line);
    return message;
}

std::expected<DetailedAccounts, Malformation> decode_details(Bytes message) {
    const auto begun = begin_reading(message, MessageKind::detailed_accounts);
    if (!begun) return std::unexpected{begun.error()};
    if (begun->next != 0) return std::unexpected{Malformation::bad_bytes};
    FrameReader frames{begun->answer.rest};
    auto lines = read_lines(frames, begun->answer.header.count);
    if (!lines) return std::unexpected{lines.error()};
    return DetailedAccounts{begun->answer.standing, begun->as_of, *std::move(lines)};
}

std::vector<std::byte> encode_trial(const MessageHeader& asked, const Id128& book,
                                    const TrialSums& sums) {
    auto message = begin(asked, MessageKind::trial_sums, book, sums.standing,
                         {sums.as_of.value(), sums.next.value()}, sums.lines.size());
    for (const auto& line : sums.lines) {
        const std::size_t end = message.size();
        message.resize(end + sizeof(wire::TrialLine));
        store(std::span{message}.subspan(end), to_wire(line));
    }
    return message;
}

std::expected<TrialSums, Malformation> decode_trial(Bytes message) {
    const auto begun = begin_reading(message, MessageKind::trial_sums);
    if (!begun) return std::unexpected{begun.error()};
    Bytes rest = begun->answer.rest;
    if (rest.size() != begun->answer.header.count * sizeof(wire::TrialLine)) {
        return std::unexpected{Malformation::bad_bytes};
    }
    TrialSums sums{begun->answer.standing, begun->as_of, AccountNumber{begun->next}, {}};
    for (; !rest.empty(); rest = rest.subspan(sizeof(wire::TrialLine))) {
        const auto stored = load<wire::TrialLine>(rest);
        if (!is_trial_line(stored)) return std::unexpected{Malformation::bad_bytes};
        sums.lines.push_back(from_wire(stored));
    }
    return sums;
}

}  // namespace daybook::schema
