// What the sequencer answers: Receipt and its message, refusals of whole messages, and the answers
// to `resolve`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/seq.h"
#include "ledger/decide.h"
#include "ledger/outcome.h"
#include "ledger/remark.h"
#include "ledger/touch.h"
#include "schema/message.h"
#include "schema/record.h"

namespace daybook::schema {

inline constexpr std::size_t kReceiptBytes = 32;

// The answer to one command; for accepted and rejected ones the same for every repeat, but for
// `is_replay`.
struct Receipt {
    Verdict verdict = Verdict::refused;
    std::uint16_t code = 0;  // a Rejection, Refusal or Malformation; 0 when accepted
    bool is_replay = false;
    Seq seq;                    // 0 when it has none; the head for `not_seen`
    Stamp stamp;                // of its block
    std::uint64_t subject = 0;  // see RecordView::subject
    bool is_dry_run = false;    // nothing was written; `seq` is the head it was tried at
    // Those of an accepted command, and the touches a message asks for, are left out of answers
    // that would pass kAnswerBytesMax with them, the touches before the remarks: one that has the
    // touches it asked for has all. The record has them.
    std::vector<Remark> remarks;
    std::vector<Touch> touches;
};

// Writes a `receipts` message. Remarks and touches are gathered aside and follow the receipts.
class ReceiptsBuilder {
public:
    void begin(const MessageHeader& asked, const Id128& book);

    void add_decided(Seq seq, Stamp stamp, const Decision& decision);
    // What would be decided if it were the next after `head`.
    void add_dry_run(Seq head, Stamp stamp, const Decision& decision);
    // The first receipt again, from its record.
    void add_replayed(const RecordView& record, Stamp stamp);
    // The outcome of a key, from its record: as it was, not flagged as a replay.
    void add_outcome(const RecordView& record, Stamp stamp);
    void add_not_seen(Seq head);
    void add_refused(Refusal refusal);
    void add_malformed(Malformation malformation);

    // The finished message's size, and the message itself.
    std::size_t message_bytes() const;
    void write(Seq head, std::span<std::byte> out) const;

private:
    struct Line;
    struct Extra {
        std::size_t remarks = 0;
        std::size_t touches = 0;
    };
    void add(const Line& line);
    Extra extra_of(Verdict verdict, std::size_t remarks, std::size_t touches) const;
    // Whether the answer stays within its cap with them.
    bool has_room_for(std::size_t remarks, std::size_t touches) const;
    void add_decision(Seq seq, Stamp stamp, const Decision& decision, std::uint8_t flags);
    void add_record(const RecordView& record, Stamp stamp, std::uint8_t flags);

    MessageHeader header_;
    std::size_t extra_bytes_max_ = 0;  // of remarks and touches
    std::vector<std::byte> receipts_;
    std::vector<std::byte> remarks_;
    std::vector<std::byte> touches_;
};

// The reader's side. Everything is checked; answers come from a trusted server but over a wire.
std::expected<std::vector<Receipt>, Malformation> decode_receipts(Bytes message);

// A refusal of a whole message.
struct MessageRefusal {
    std::uint16_t code = 0;
    std::uint32_t retry_after_ms = 0;  // 0: do not retry unchanged
    std::string detail;
};
std::vector<std::byte> encode_refusal(const MessageHeader& asked, const Id128& book,
                                      const MessageRefusal& refusal);
std::expected<MessageRefusal, Malformation> decode_refusal(Bytes message);

struct ResolvedAccount {
    AccountNumber number;  // none: no such account
    AssetNumber asset;
    std::string asset_code;
    unsigned scale = 0;
    AccountType type = AccountType::liability;
    AccountState state = AccountState::open;
};
std::vector<std::byte> encode_resolved(const MessageHeader& asked, const Id128& book, Seq head,
                                       const std::vector<ResolvedAccount>& accounts);
std::expected<std::vector<ResolvedAccount>, Malformation> decode_resolved(Bytes message);

}  // namespace daybook::schema
