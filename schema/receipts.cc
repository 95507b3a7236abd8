#include "schema/receipts.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::Receipt) == kReceiptBytes);
constexpr std::uint8_t kReplayFlag = 1;
constexpr std::uint8_t kDryRunFlag = 2;

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

std::optional<Receipt> read_receipt(const wire::Receipt& stored, Bytes& remarks, Bytes& touches) {
    const auto own_remarks = take(remarks, stored.remark_count(), kRemarkBytes);
    const auto own_touches = take(touches, stored.touch_count(), kTouchBytes);
    if (!own_remarks || !own_touches) return std::nullopt;
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
                    (stored.flags() & kDryRunFlag) != 0,
                    {},
                    {}};
    for (Bytes rest = *own_remarks; !rest.empty(); rest = rest.subspan(kRemarkBytes)) {
        receipt.remarks.push_back(from_wire(load<wire::Remark>(rest)));
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
    std::uint8_t flags = 0;
    Extra extra = {};
};

void ReceiptsBuilder::begin(const MessageHeader& asked, const Id128& book) {
    header_ = answer_header(asked, MessageKind::receipts, book);
    // Room is kept for the receipts of every command still to come and for why it was rejected: one
    // remark of a transfer, two of an atomic.
    const std::size_t reasons = asked.kind == MessageKind::transfers ? 1 : 2;
    extra_bytes_max_ = kAnswerBytesMax - kMessageHeaderBytes -
                       kCommandsMax * (kReceiptBytes + reasons * kRemarkBytes);
    receipts_.clear();
    remarks_.clear();
    touches_.clear();
}

void ReceiptsBuilder::add(const Line& line) {
    append(receipts_, wire::Receipt{line.seq.value(), line.stamp.nanoseconds(), line.subject,
                                    line.code, static_cast<std::uint8_t>(line.verdict), line.flags,
                                    static_cast<std::uint16_t>(line.extra.touches),
                                    static_cast<std::uint16_t>(line.extra.remarks)});
    ++header_.count;
}

bool ReceiptsBuilder::has_room_for(std::size_t remarks, std::size_t touches) const {
    return remarks_.size() + touches_.size() + remarks * kRemarkBytes + touches * kTouchBytes <=
           extra_bytes_max_;
}

// What comes with a receipt, after its cap.
ReceiptsBuilder::Extra ReceiptsBuilder::extra_of(Verdict verdict, std::size_t remarks,
                                                 std::size_t touches) const {
    const bool has_remarks = verdict == Verdict::rejected || has_room_for(remarks, 0);
    const bool has_touches =
        has_remarks && header_.has(MessageFlag::want_touches) && has_room_for(remarks, touches);
    return {has_remarks ? remarks : 0, has_touches ? touches : 0};
}

void ReceiptsBuilder::add_decision(Seq seq, Stamp stamp, const Decision& decision,
                                   std::uint8_t flags) {
    const auto verdict = decision.is_accepted() ? Verdict::accepted : Verdict::rejected;
    const Extra extra = extra_of(verdict, decision.remarks.size(), decision.touches.size());
    add(Line{verdict, code_of(decision.rejection), seq, stamp, decision.subject, flags, extra});
    for (const auto& remark : std::span{decision.remarks}.first(extra.remarks))
        append(remarks_, to_wire(remark));
    for (const auto& touch : std::span{decision.touches}.first(extra.touches))
        append(touches_, to_wire(touch));
}

void ReceiptsBuilder::add_decided(Seq seq, Stamp stamp, const Decision& decision) {
    add_decision(seq, stamp, decision, 0);
}

void ReceiptsBuilder::add_dry_run(Seq head, Stamp stamp, const Decision& decision) {
    add_decision(head, stamp, decision, kDryRunFlag);
}

void ReceiptsBuilder::add_record(const RecordView& record, Stamp stamp, std::uint8_t flags) {
    const Extra extra = extra_of(record.verdict(), record.remark_count(), record.touch_count());
    add(Line{record.verdict(), code_of(record.rejection()), record.seq(), stamp, record.subject(),
             flags, extra});
    append(remarks_, record.remark_bytes().first(extra.remarks * kRemarkBytes));
    append(touches_, record.touch_bytes().first(extra.touches * kTouchBytes));
}

void ReceiptsBuilder::add_replayed(const RecordView& record, Stamp stamp) {
    add_record(record, stamp, kReplayFlag);
}

void ReceiptsBuilder::add_outcome(const RecordView& record, Stamp stamp) {
    add_record(record, stamp, 0);
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
    return kMessageHeaderBytes + receipts_.size() + remarks_.size() + touches_.size();
}

void ReceiptsBuilder::write(Seq head, std::span<std::byte> out) const {
    CHECK_INVARIANT(out.size() == message_bytes(), "answers are sized exactly");
    MessageHeader header = header_;
    header.head = head;
    header.remark_count = static_cast<std::uint32_t>(remarks_.size() / kRemarkBytes);
    header.touch_count = static_cast<std::uint32_t>(touches_.size() / kTouchBytes);
    encode_header(header, out.first<kMessageHeaderBytes>());
    auto next = std::ranges::copy(receipts_, out.begin() + kMessageHeaderBytes).out;
    next = std::ranges::copy(remarks_, next).out;
    std::ranges::copy(touches_, next);
}

std::expected<std::vector<Receipt>, Malformation> decode_receipts(Bytes message) {
    const auto header = decode_header(message);
    if (!header) return std::unexpected{header.error()};
    if (header->kind != MessageKind::receipts) return std::unexpected{Malformation::unknown_kind};
    Bytes rest = message.subspan(kMessageHeaderBytes);
    const auto stored = take(rest, header->count, kReceiptBytes);
    auto remarks = stored ? take(rest, header->remark_count, kRemarkBytes) : std::nullopt;
    auto touches = remarks ? take(rest, header->touch_count, kTouchBytes) : std::nullopt;
    if (!touches || !rest.empty()) return std::unexpected{Malformation::bad_bytes};
    std::vector<Receipt> receipts;
    receipts.reserve(header->count);
    for (Bytes line = *stored; !line.empty(); line = line.subspan(kReceiptBytes)) {
        auto receipt = read_receipt(load<wire::Receipt>(line), *remarks, *touches);
        if (!receipt) return std::unexpected{Malformation::bad_bytes};
        receipts.push_back(*std::move(receipt));
    }
    if (!remarks->empty() || !touches->empty()) return std::unexpected{Malformation::bad_bytes};
    return receipts;
}

}  // namespace daybook::schema
