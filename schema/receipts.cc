#include "schema/receipts.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "schema/facts.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::Receipt) == kReceiptBytes);
constexpr std::uint8_t kReplayFlag = 1;

template <typename Struct>
void append(std::vector<std::byte>& out, const Struct& value) {
    const auto bytes = std::as_bytes(std::span{&value, 1});
    out.insert(out.end(), bytes.begin(), bytes.end());
}

void append(std::vector<std::byte>& out, Bytes bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
}

// Splits `count` items of `item_bytes` off the front; nothing when they are not all there.
std::optional<Bytes> take(Bytes& rest, std::size_t count, std::size_t item_bytes) {
    if (rest.size() / item_bytes < count) return std::nullopt;
    const Bytes taken = rest.first(count * item_bytes);
    rest = rest.subspan(taken.size());
    return taken;
}

std::optional<Receipt> read_receipt(const wire::Receipt& stored, Bytes& facts, Bytes& touches) {
    const auto own_facts = take(facts, stored.fact_count(), kFactBytes);
    const auto own_touches = take(touches, stored.touch_count(), kTouchBytes);
    if (!own_facts || !own_touches) return std::nullopt;
    if (stored.verdict() < static_cast<std::uint8_t>(Verdict::accepted) ||
        stored.verdict() > static_cast<std::uint8_t>(Verdict::not_seen)) {
        return std::nullopt;
    }
    Receipt receipt{static_cast<Verdict>(stored.verdict()),
                    stored.code(),
                    (stored.flags() & kReplayFlag) != 0,
                    Seq{stored.seq()},
                    Stamp{stored.stamp()},
                    stored.subject(),
                    std::nullopt,
                    {}};
    for (Bytes rest = *own_facts; !rest.empty(); rest = rest.subspan(kFactBytes)) {
        if (!receipt.shortfall) receipt.shortfall = shortfall_from(load<wire::Fact>(rest));
    }
    for (Bytes rest = *own_touches; !rest.empty(); rest = rest.subspan(kTouchBytes)) {
        receipt.touches.push_back(from_wire(load<wire::Touch>(rest)));
    }
    return receipt;
}

}  // namespace

struct ReceiptsBuilder::Line {
    Verdict verdict = Verdict::refused;
    std::uint16_t code = 0;
    Seq seq;
    Stamp stamp;
    std::uint64_t subject = 0;
    bool is_replay = false;
    std::size_t touch_count = 0;
    std::size_t fact_count = 0;
};

void ReceiptsBuilder::begin(const MessageHeader& asked, const Id128& book) {
    header_ = answer_header(asked, MessageKind::receipts, book);
    receipts_.clear();
    facts_.clear();
    touches_.clear();
}

void ReceiptsBuilder::add(const Line& line) {
    append(receipts_, wire::Receipt{line.seq.value(), line.stamp.nanoseconds(), line.subject,
                                    line.code, static_cast<std::uint8_t>(line.verdict),
                                    line.is_replay ? kReplayFlag : std::uint8_t{0},
                                    static_cast<std::uint16_t>(line.touch_count),
                                    static_cast<std::uint16_t>(line.fact_count)});
    ++header_.count;
}

bool ReceiptsBuilder::has_room_for(std::size_t touches) const {
    // Room is kept for the receipts and facts of every command still to come.
    constexpr std::size_t kTouchesBytesMax =
        kAnswerBytesMax - kMessageHeaderBytes - kCommandsMax * (kReceiptBytes + kFactBytes);
    return header_.has(MessageFlag::want_touches) &&
           touches_.size() + touches * kTouchBytes <= kTouchesBytesMax;
}

void ReceiptsBuilder::add_decided(Seq seq, Stamp stamp, const Decision& decision) {
    const bool brings_touches = has_room_for(decision.touches.size());
    const bool is_accepted = decision.kind == Decision::Kind::accepted;
    add(Line{is_accepted ? Verdict::accepted : Verdict::rejected, code_of(decision.rejection), seq,
             stamp, decision.subject, false, brings_touches ? decision.touches.size() : 0,
             decision.shortfall ? std::size_t{1} : 0});
    if (decision.shortfall) append(facts_, to_fact(*decision.shortfall));
    if (!brings_touches) return;
    for (const auto& touch : decision.touches)
        append(touches_, to_wire(touch));
}

void ReceiptsBuilder::add_record(const RecordView& record, Stamp stamp, bool is_replay) {
    const bool brings_touches = has_room_for(record.touch_count());
    add(Line{record.verdict(), code_of(record.rejection()), record.seq(), stamp, record.subject(),
             is_replay, brings_touches ? record.touch_count() : 0,
             record.fact_bytes().size() / kFactBytes});
    append(facts_, record.fact_bytes());
    if (brings_touches) append(touches_, record.touch_bytes());
}

void ReceiptsBuilder::add_replayed(const RecordView& record, Stamp stamp) {
    add_record(record, stamp, true);
}

void ReceiptsBuilder::add_outcome(const RecordView& record, Stamp stamp) {
    add_record(record, stamp, false);
}

void ReceiptsBuilder::add_not_seen(Seq head) {
    add(Line{Verdict::not_seen, 0, head, {}, 0});
}

void ReceiptsBuilder::add_refused(Refusal refusal) {
    add(Line{Verdict::refused, code_of(refusal), {}, {}, 0});
}

void ReceiptsBuilder::add_malformed(Malformation malformation) {
    add(Line{Verdict::malformed, code_of(malformation), {}, {}, 0});
}

std::size_t ReceiptsBuilder::message_bytes() const {
    return kMessageHeaderBytes + receipts_.size() + facts_.size() + touches_.size();
}

void ReceiptsBuilder::write(Seq head, std::span<std::byte> out) const {
    CHECK_INVARIANT(out.size() == message_bytes(), "answers are sized exactly");
    MessageHeader header = header_;
    header.head = head;
    header.fact_count = static_cast<std::uint32_t>(facts_.size() / kFactBytes);
    header.touch_count = static_cast<std::uint32_t>(touches_.size() / kTouchBytes);
    encode_header(header, out.first<kMessageHeaderBytes>());
    auto next = std::ranges::copy(receipts_, out.begin() + kMessageHeaderBytes).out;
    next = std::ranges::copy(facts_, next).out;
    std::ranges::copy(touches_, next);
}

std::expected<std::vector<Receipt>, Malformation> decode_receipts(Bytes message) {
    const auto header = decode_header(message);
    if (!header) return std::unexpected{header.error()};
    if (header->kind != MessageKind::receipts) return std::unexpected{Malformation::unknown_kind};
    Bytes rest = message.subspan(kMessageHeaderBytes);
    const auto stored = take(rest, header->count, kReceiptBytes);
    auto facts = stored ? take(rest, header->fact_count, kFactBytes) : std::nullopt;
    auto touches = facts ? take(rest, header->touch_count, kTouchBytes) : std::nullopt;
    if (!touches || !rest.empty()) return std::unexpected{Malformation::bad_bytes};
    std::vector<Receipt> receipts;
    receipts.reserve(header->count);
    for (Bytes line = *stored; !line.empty(); line = line.subspan(kReceiptBytes)) {
        auto receipt = read_receipt(load<wire::Receipt>(line), *facts, *touches);
        if (!receipt) return std::unexpected{Malformation::bad_bytes};
        receipts.push_back(*std::move(receipt));
    }
    if (!facts->empty() || !touches->empty()) return std::unexpected{Malformation::bad_bytes};
    return receipts;
}

}  // namespace daybook::schema
