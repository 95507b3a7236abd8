// Record: what the journal keeps of one decided command. Header, the command as stated, the touches
// with their after-images, remarks. Each part starts on a multiple of 8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/command.h"
#include "ledger/decide.h"
#include "ledger/outcome.h"
#include "ledger/remark.h"
#include "ledger/touch.h"
#include "schema/command_codec.h"

namespace daybook::schema {

inline constexpr std::size_t kRecordHeaderBytes = 32;
inline constexpr std::size_t kTouchBytes = 96;
inline constexpr std::size_t kRemarkBytes = 64;

// How many bytes the record of a decision takes.
std::size_t record_bytes(std::size_t command_bytes, const Decision& decision);

// `out` is zeroed and exactly record_bytes long (checked). The decision is accepted (and applied)
// or rejected.
void encode_record(std::span<std::byte> out, Seq seq, ProducerId producer, CommandKind kind,
                   Bytes command, const Decision& decision);

// What a record of a transfer will be found to be about, unchecked: a hint for fetching ahead.
// Nothing for any other record.
std::optional<TransferPeek> peek_transfer_record(Bytes record);

// A record read in place; valid as long as its bytes.
class RecordView {
public:
    // Checks every size and enumerator outside of the command; `damaged` when one is wrong.
    static Result<RecordView> parse(Bytes record);

    Seq seq() const { return seq_; }
    ProducerId producer() const { return producer_; }
    CommandKind kind() const { return kind_; }
    Verdict verdict() const { return verdict_; }
    Rejection rejection() const { return rejection_; }
    // The account or asset number made, already there, or at fault, or the Seq that has the
    // reference; 0 when there is none.
    std::uint64_t subject() const { return subject_; }
    // The canonical bytes of the command as stated.
    Bytes command_bytes() const { return command_; }
    // `damaged` when it cannot be read.
    Result<Command> command() const;
    // Without decoding the rest.
    Id128 key() const { return key_; }
    // Not looked for in the members of an atomic.
    bool has_unique_reference() const { return has_unique_reference_; }

    std::size_t touch_count() const { return touch_count_; }
    Touch touch(std::size_t index) const;
    std::size_t remark_count() const { return remarks_.size() / kRemarkBytes; }
    Remark remark(std::size_t index) const;
    std::vector<Remark> remarks() const;

    // As they stand in the record, to be copied into receipts.
    Bytes touch_bytes() const { return touches_; }
    Bytes remark_bytes() const { return remarks_; }

private:
    Seq seq_;
    ProducerId producer_;
    CommandKind kind_ = CommandKind::transfer;
    Verdict verdict_ = Verdict::accepted;
    Rejection rejection_ = Rejection::none;
    std::uint64_t subject_ = 0;
    std::size_t touch_count_ = 0;
    Id128 key_;
    bool has_unique_reference_ = false;
    Bytes command_;
    Bytes touches_;
    Bytes remarks_;
};

}  // namespace daybook::schema
