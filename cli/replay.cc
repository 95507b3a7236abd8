#include "cli/replay.h"

#include <string>

#include "ledger/outcome.h"

namespace daybook::cli {

void Replay::prefetch(Bytes record) const {
    const auto peek = schema::peek_transfer_record(record);
    if (!peek) return;
    book_.prefetch(peek->debit);
    book_.prefetch(peek->credit);
}

Result<void> Replay::decide_again(const schema::RecordView& record, Stamp stamp) {
    if (record.kind() == CommandKind::transfer) {
        // Its form is fixed and without padding: decoding it checks all of its bytes.
        canonical_ = record.command_bytes();
        return decide_transfer(record, stamp);
    }
    const Seq seq = record.seq();
    const auto command = record.command();
    if (!command) return fail(ErrorCode::bad_input, command.error().detail);
    canonical_ = encoder_.encode(*command);
    const auto facts = facts_.look_up(*command, Seq{seq.value() - 1});
    if (!facts) return std::unexpected{facts.error()};
    decide(book_, *facts, *command, Turn{seq, stamp}, decision_);
    if (!decision_.is_accepted()) return {};
    if (rows_ != nullptr) rows_->note(seq, *command, decision_, book_);
    apply(book_, seq, decision_);
    facts_.note_accepted(*command, seq);
    return {};
}

Result<void> Replay::decide_transfer(const schema::RecordView& record, Stamp stamp) {
    const Bytes bytes = record.command_bytes();
    if (bytes.size() != schema::kTransferBytes) {
        return fail(ErrorCode::bad_input, "its command is not a transfer");
    }
    Transfer transfer;
    const auto wrong = schema::decode_transfer(bytes.first<schema::kTransferBytes>(), transfer);
    if (wrong != Malformation::none) {
        return fail(ErrorCode::bad_input, "its command is " + std::string{name_of(wrong)});
    }
    decide(book_, transfer, Turn{record.seq(), stamp}, decision_);
    if (decision_.is_accepted()) apply_touches(book_, record.seq(), decision_);
    return {};
}

void Replay::expire(EntryId hold, Seq next, Stamp stamp) {
    decide(book_, Facts{}, Command{ExpireHold{hold}}, Turn{next, stamp}, decision_);
    if (decision_.is_accepted()) apply(book_, next, decision_);
}

Bytes Replay::record_again(const schema::RecordView& record) {
    recorded_.assign(schema::record_bytes(canonical_.size(), decision_), std::byte{});
    schema::encode_record(recorded_, record.seq(), record.producer(), record.kind(), canonical_,
                          decision_);
    return recorded_;
}

}  // namespace daybook::cli
