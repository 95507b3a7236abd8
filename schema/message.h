// The header that starts every message between a server and its peers, and the caps on messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/seq.h"
#include "ledger/numbers.h"
#include "ledger/outcome.h"

namespace daybook::schema {

inline constexpr std::size_t kCommandsMax = 8190;                               // in one message
inline constexpr std::size_t kMessageBytesMax = (std::size_t{1} << 20) + 4096;  // asked
// Answered: room for the receipts, remarks and touches of 8,190 transfers.
inline constexpr std::size_t kAnswerBytesMax = std::size_t{2560} << 10;
inline constexpr std::size_t kCommandBytesMax = std::size_t{16} << 10;
inline constexpr std::size_t kAtomicBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kTransferBytes = 128;
inline constexpr std::size_t kMessageHeaderBytes = 64;
inline constexpr std::uint16_t kProtocolVersion = 2;

// On the wire. Never renumber; append only.
enum class MessageKind : std::uint8_t {
    // asked
    transfers = 1,  // `count` transfers of 128 bytes
    commands = 2,   // `count` framed commands
    outcomes = 3,   // `count` keys: what became of them
    resolve = 4,    // `count` framed account codes
    info = 5,       // which book this is; it need not name the book
    // asked of a query endpoint: schema/query.h
    status = 16,        // it need not name the book either
    balances = 17,      // `count` framed account codes
    record_range = 18,  // whole records from a Seq on
    accounts = 19,      // a framed path and a framed code: the accounts under the path, after it
    statement = 20,     // a framed account code: what happened to it
    moment = 21,        // what had been recorded by then
    numbers = 22,       // `count` frames of 8 bytes: account numbers
    // these three say at which Seq they mean the accounts
    account_list = 23,     // framed: a path, a code to go on after, an asset's code or nothing
    account_details = 24,  // `count` framed account codes
    trial_balance = 25,
    entry = 26,      // what the record at a Seq did, and what hangs together with it
    reference = 27,  // a framed unique reference: who has it
    facts = 28,      // how much there is, what was decided, the newest blocks
    // answered
    receipts = 65,  // `count` receipts, then their remarks, then their touches
    refusal = 66,   // the whole message was refused or malformed: `code`, and a framed text
    resolved = 67,  // `count` resolved accounts of 32 bytes
    book_info = 68,
    status_now = 80,
    account_balances = 81,   // `count` of 120 bytes
    range_of_records = 82,   // runs (schema/run.h) of `count` records in all
    accounts_under = 83,     // `count` frames: a number of 8 bytes, then the code
    account_statement = 84,  // `count` lines (schema/statement.h)
    seq_at_moment = 85,
    named_balances = 86,     // `count` times a frame of 120 bytes, then one with the code
    listed_accounts = 87,    // a framed code to go on after, then `count` frames
    detailed_accounts = 88,  // `count` frames: 160 bytes, then the code
    trial_sums = 89,         // `count` of 96 bytes
    // framed: a run of one record or nothing, links, open holds, then `count` accounts as in 88
    entry_details = 90,
    found_reference = 91,
    facts_now = 92,  // framed: 64 bytes, numbers of 8 bytes, then `count` blocks of 40 bytes
    // published
    records = 97,  // one run (schema/run.h) of `count` records, the last of them `head`
};

// Envelope options; not part of any command.
enum class MessageFlag : std::uint8_t {
    want_touches = 1,
    dry_run = 2,  // say what would be decided now of each command on its own, and do nothing
};

struct MessageHeader {
    MessageKind kind = MessageKind::info;
    std::uint8_t flags = 0;
    Id128 book;
    std::uint64_t correlation = 0;  // chosen by the asker, returned in the answer
    Seq head;                       // answers: the last durable Seq the answer rests on
    std::uint32_t count = 0;
    std::uint32_t remark_count = 0;
    std::uint32_t touch_count = 0;
    std::uint16_t code = 0;
    std::uint32_t retry_after_ms = 0;
    // Asked: for whom, as a gateway knows him; none: whoever sends it (sequencer/sequencer.h).
    ProducerId producer = {};

    bool has(MessageFlag flag) const { return (flags & static_cast<std::uint8_t>(flag)) != 0; }
};

void encode_header(const MessageHeader& header, std::span<std::byte, kMessageHeaderBytes> out);

// Checks magic, version and reserved bytes. The kind may be one this side doesn't know.
std::expected<MessageHeader, Malformation> decode_header(Bytes message);

// The start of an answer: same correlation and flags, from `book`.
MessageHeader answer_header(const MessageHeader& asked, MessageKind kind, const Id128& book);

// Appends a frame: its length, the bytes, zeros up to a multiple of 8.
void append_frame(std::vector<std::byte>& out, Bytes bytes);

// Walks frames. Never reads past the end; the views point into the bytes walked.
class FrameReader {
public:
    explicit FrameReader(Bytes bytes) : rest_{bytes} {}

    // Nothing when the next frame is cut short or its padding is not zero.
    std::expected<Bytes, Malformation> next();
    bool is_at_end() const { return rest_.empty(); }

private:
    Bytes rest_;
};

}  // namespace daybook::schema
