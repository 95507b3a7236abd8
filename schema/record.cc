#include "schema/record.h"

#include <algorithm>

#include "base/check.h"
#include "schema/command_codec.h"
#include "schema/wire_types.h"

namespace daybook::schema {

namespace {

static_assert(sizeof(wire::RecordHeader) == kRecordHeaderBytes);
static_assert(sizeof(wire::Touch) == kTouchBytes);
static_assert(sizeof(wire::Remark) == kRemarkBytes);

Verdict verdict_of(const Decision& decision) {
    CHECK_INVARIANT(
        decision.kind == Decision::Kind::accepted || decision.kind == Decision::Kind::rejected,
        "only what was decided is recorded");
    return decision.kind == Decision::Kind::accepted ? Verdict::accepted : Verdict::rejected;
}

std::unexpected<Error> bad_record(Seq seq, const char* what) {
    return fail(ErrorCode::damaged, "record " + std::to_string(seq.value()) + ": " + what);
}

}  // namespace

std::size_t record_bytes(std::size_t command_bytes, const Decision& decision) {
    return kRecordHeaderBytes + padded_to_8(command_bytes) + decision.touches.size() * kTouchBytes +
           decision.remarks.size() * kRemarkBytes;
}

// NOLINTNEXTLINE(readability-function-size): one parameter for each part of a record.
void encode_record(std::span<std::byte> out, Seq seq, ProducerId producer, CommandKind kind,
                   Bytes command, const Decision& decision) {
    CHECK_INVARIANT(out.size() == record_bytes(command.size(), decision),
                    "records are sized exactly");
    store(out, wire::RecordHeader{
                   seq.value(), decision.subject, producer.value(),
                   static_cast<std::uint32_t>(command.size()), static_cast<std::uint8_t>(kind),
                   static_cast<std::uint8_t>(verdict_of(decision)), code_of(decision.rejection),
                   static_cast<std::uint16_t>(decision.touches.size()),
                   static_cast<std::uint16_t>(decision.remarks.size())});
    out = out.subspan(kRecordHeaderBytes);
    std::ranges::copy(command, out.begin());
    out = out.subspan(padded_to_8(command.size()));
    for (const auto& touch : decision.touches) {
        store(out, to_wire(touch));
        out = out.subspan(kTouchBytes);
    }
    for (const auto& remark : decision.remarks) {
        store(out, to_wire(remark));
        out = out.subspan(kRemarkBytes);
    }
}

std::optional<TransferPeek> peek_transfer_record(Bytes record) {
    if (record.size() < kRecordHeaderBytes + kTransferBytes) return std::nullopt;
    const auto header = load<wire::RecordHeader>(record);
    const bool is_transfer = header.kind() == static_cast<std::uint8_t>(CommandKind::transfer);
    if (!is_transfer) return std::nullopt;
    return peek_transfer(record.subspan(kRecordHeaderBytes).first<kTransferBytes>());
}

Result<RecordView> RecordView::parse(Bytes record) {
    if (record.size() < kRecordHeaderBytes) {
        return fail(ErrorCode::damaged, "a record is shorter than its header");
    }
    const auto header = load<wire::RecordHeader>(record);
    RecordView view;
    view.seq_ = Seq{header.seq()};
    if (view.seq_ > kSeqMax) return bad_record(view.seq_, "its Seq has more than 48 bits");
    const std::size_t command_room = padded_to_8(std::size_t{header.command_bytes()});
    const std::size_t touches_room = header.touch_count() * kTouchBytes;
    const std::size_t remarks_room = header.remark_count() * kRemarkBytes;
    if (record.size() != kRecordHeaderBytes + command_room + touches_room + remarks_room) {
        return bad_record(view.seq_, "its parts do not add up to its length");
    }
    const bool is_accepted = header.verdict() == static_cast<std::uint8_t>(Verdict::accepted);
    const bool is_rejected = header.verdict() == static_cast<std::uint8_t>(Verdict::rejected);
    if (is_accepted == is_rejected || is_rejected != (header.code() != 0)) {
        return bad_record(view.seq_, "its verdict is neither accepted nor rejected");
    }
    if (header.code() > code_of(kRejectionLast)) {
        return bad_record(view.seq_, "its rejection is not known; upgrade this side");
    }
    view.producer_ = ProducerId{header.producer()};
    view.kind_ = static_cast<CommandKind>(header.kind());
    view.verdict_ = static_cast<Verdict>(header.verdict());
    view.rejection_ = static_cast<Rejection>(header.code());
    view.subject_ = header.subject();
    view.touch_count_ = header.touch_count();
    view.command_ = record.subspan(kRecordHeaderBytes, header.command_bytes());
    view.touches_ = record.subspan(kRecordHeaderBytes + command_room, touches_room);
    view.remarks_ = record.last(remarks_room);
    const auto seen = peek_command(view.kind_, view.command_);
    if (!seen) return bad_record(view.seq_, "its command is not of its kind");
    view.key_ = seen->key;
    view.has_unique_reference_ = seen->has_unique_reference;
    return view;
}

Result<Command> RecordView::command() const {
    auto command = decode_command(kind_, command_);
    if (command) return *std::move(command);
    return fail(ErrorCode::damaged, "record " + std::to_string(seq_.value()) + ": its command is " +
                                        std::string{name_of(command.error())});
}

Touch RecordView::touch(std::size_t index) const {
    return from_wire(load<wire::Touch>(touches_.subspan(index * kTouchBytes, kTouchBytes)));
}

Remark RecordView::remark(std::size_t index) const {
    return from_wire(load<wire::Remark>(remarks_.subspan(index * kRemarkBytes, kRemarkBytes)));
}

std::vector<Remark> RecordView::remarks() const {
    std::vector<Remark> remarks;
    for (std::size_t i = 0; i < remark_count(); ++i)
        remarks.push_back(remark(i));
    return remarks;
}

}  // namespace daybook::schema
