// Queries: what a reader asks of the projector's query endpoint, and what is answered. A query is
// one message: the header, 32 bytes that every kind has, then frames. An answer is the header, 32
// bytes that say where it stands, then its lines. The answer's `head` is the journal's.
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
#include "ledger/account.h"
#include "ledger/history.h"
#include "ledger/numbers.h"
#include "ledger/outcome.h"
#include "schema/message.h"

namespace daybook::schema {

inline constexpr std::size_t kQueryBytesMax = std::size_t{256} << 10;
inline constexpr std::size_t kCodesMax = 1000;                       // in one `balances`
inline constexpr std::size_t kRangeBytesMax = std::size_t{1} << 20;  // of records in an answer
inline constexpr std::size_t kAccountsMax = 4000;                    // in one `accounts_under`
inline constexpr std::uint32_t kWaitMsMax = 30'000;                  // longer waits are cut to it

struct Query {
    MessageKind kind = MessageKind::status;  // status, balances, record_range or accounts
    // Answered once the projection (of `record_range`: the journal) has come so far; after
    // `wait_ms` without that, refused as `not_reached`.
    Seq min_seq;
    std::uint32_t wait_ms = 0;
    // Of `record_range`: the first record, at least 1; it need not be there yet. At most so many
    // bytes of records come back, but one whole record at least when there is one.
    Seq from;
    std::uint32_t bytes_max = 0;
    // Of `balances`: 1 to kCodesMax account codes. Of `accounts`: the path ("" is every account),
    // and the code after which to go on ("" from the start).
    std::vector<std::string> texts = {};

    friend bool operator==(const Query&, const Query&) = default;
};

std::vector<std::byte> encode_query(const Query& query, const Id128& book,
                                    std::uint64_t correlation);

struct AskedQuery {
    MessageHeader header;
    Query query;
};
// The bytes need no alignment. `book` is the one served; `status` alone may name none.
std::expected<AskedQuery, Malformation> decode_query(Bytes message, const Id128& book);

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

struct Status {
    Id128 book;
    Standing standing;
    ReadersNow journal;
    ReadersNow projection;
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

    friend bool operator==(const AccountBalance&, const AccountBalance&) = default;
};

struct AccountBalances {
    Standing standing;
    std::vector<AccountBalance> lines;  // in the order asked
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

std::vector<std::byte> encode_status(const MessageHeader& asked, const Status& status);
std::vector<std::byte> encode_balances(const MessageHeader& asked, const Id128& book,
                                       const AccountBalances& balances);
// `runs` hold `count` records in all.
std::vector<std::byte> encode_range(const MessageHeader& asked, const Id128& book,
                                    const Standing& standing, Bytes runs, std::uint32_t count);
std::vector<std::byte> encode_accounts(const MessageHeader& asked, const Id128& book,
                                       const AccountsUnder& accounts);
// Says how far the projection or journal is: `reached`, also as the header's `head`.
std::vector<std::byte> encode_not_reached(const MessageHeader& asked, const Id128& book,
                                          Seq min_seq, Seq reached);

// The asker's side. Everything is checked, as on the other.
std::expected<Status, Malformation> decode_status(Bytes message);
std::expected<AccountBalances, Malformation> decode_balances(Bytes message);
std::expected<RangeOfRecords, Malformation> decode_range(Bytes message);
std::expected<AccountsUnder, Malformation> decode_accounts(Bytes message);

}  // namespace daybook::schema
