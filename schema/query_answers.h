// What is answered to queries (schema/query.h): the header, 32 bytes that say where the answer
// stands, then its lines. The header's `head` is the journal's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "ledger/history.h"
#include "ledger/numbers.h"
#include "ledger/outcome.h"
#include "schema/message.h"

namespace daybook::schema {

// One cut: the projection as of `watermark`, and a head of the journal no older than it. Stamps are
// those of the blocks; none at Seq 0.
struct Standing {
    Seq head;
    Stamp head_stamp;
    Seq watermark;
    Stamp watermark_stamp;

    std::uint64_t lag_records() const { return head.value() - watermark.value(); }
    // How much younger the head's block is than the watermark's; 0 when nothing has been applied.
    std::int64_t lag_ns() const {
        return watermark_stamp.is_none() ? 0
                                         : head_stamp.nanoseconds() - watermark_stamp.nanoseconds();
    }
    friend bool operator==(const Standing&, const Standing&) = default;
};

// Readers with a snapshot open in any process, and how many txns ago the oldest was taken: while it
// lives, what was freed since cannot be used again.
struct ReadersNow {
    std::uint32_t count = 0;
    std::uint64_t oldest_txns = 0;
    friend bool operator==(const ReadersNow&, const ReadersNow&) = default;
};

// Where a book that is a fork left another: behind `seq` of `book`, which is in `block`.
struct ForkOrigin {
    Id128 book;
    Seq seq;
    Hash256 block;
};

struct Status {
    Id128 book;
    Standing standing;
    ReadersNow journal;
    ReadersNow projection;
    std::optional<ForkOrigin> origin = {};
};

struct AccountBalance {
    AccountNumber number;  // none: there is no such account up to the watermark
    AssetNumber asset;
    std::string asset_code;
    unsigned scale = 0;
    AccountType type = AccountType::liability;
    AccountState state = AccountState::open;
    Totals totals;
    std::uint64_t version = 0;
    TouchPointer last;  // none: untouched
    Seq opened;

    friend bool operator==(const AccountBalance&, const AccountBalance&) = default;
};

struct AccountBalances {
    Standing standing;
    std::vector<AccountBalance> lines;  // in the order asked
};

struct NamedBalance {
    std::string code;  // empty: there is no such account
    AccountBalance balance;
    friend bool operator==(const NamedBalance&, const NamedBalance&) = default;
};

struct NamedBalances {
    Standing standing;
    std::vector<NamedBalance> lines;  // in the order asked
};

struct RangeOfRecords {
    Standing standing;
    Bytes runs;  // into the message; read by RunReader, known to be whole
};

struct NumberedCode {
    AccountNumber number;
    std::string code;
    friend bool operator==(const NumberedCode&, const NumberedCode&) = default;
};

struct AccountsUnder {
    Standing standing;
    std::vector<NumberedCode> accounts;  // in the order of their codes' bytes; empty: no more
};

struct SeqAtMoment {
    Standing standing;
    Seq seq;      // the last one of a block stamped by then; 0: none yet
    Stamp began;  // of the genesis block: a moment before it is none of this book
};

std::vector<std::byte> encode_status(const MessageHeader& asked, const Status& status);
std::vector<std::byte> encode_balances(const MessageHeader& asked, const Id128& book,
                                       const AccountBalances& balances);
std::vector<std::byte> encode_named(const MessageHeader& asked, const Id128& book,
                                    const NamedBalances& balances);
// `runs` hold `count` records in all.
std::vector<std::byte> encode_range(const MessageHeader& asked, const Id128& book,
                                    const Standing& standing, Bytes runs, std::uint32_t count);
std::vector<std::byte> encode_accounts(const MessageHeader& asked, const Id128& book,
                                       const AccountsUnder& accounts);
std::vector<std::byte> encode_moment(const MessageHeader& asked, const Id128& book,
                                     const SeqAtMoment& reached);
// Says how far the projection or journal is: `reached`, also as the header's `head`.
std::vector<std::byte> encode_not_reached(const MessageHeader& asked, const Id128& book,
                                          Seq min_seq, Seq reached);

// The asker's side. Everything is checked, as on the other.
std::expected<Status, Malformation> decode_status(Bytes message);
std::expected<AccountBalances, Malformation> decode_balances(Bytes message);
std::expected<NamedBalances, Malformation> decode_named(Bytes message);
std::expected<RangeOfRecords, Malformation> decode_range(Bytes message);
std::expected<AccountsUnder, Malformation> decode_accounts(Bytes message);
std::expected<SeqAtMoment, Malformation> decode_moment(Bytes message);

}  // namespace daybook::schema
