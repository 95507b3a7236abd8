// Statements: what happened to one account, a line for each touch, and a page of them as the query
// endpoint answers it. projector/statement.h makes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/entry_id.h"
#include "ledger/history.h"
#include "ledger/numbers.h"
#include "schema/message.h"
#include "schema/query_answers.h"

namespace daybook::schema {

// Of one page: whichever is reached first ends it, with a whole line. So an answer is at most 1 MiB
// and takes the server a few milliseconds.
inline constexpr std::uint32_t kStatementLinesMax = 500;
inline constexpr std::size_t kStatementPostingsMax = 2000;              // counter-postings
inline constexpr std::size_t kStatementReadMax = std::size_t{1} << 20;  // bytes of records

// On the wire. Never renumber; append only.
enum class LineKind : std::uint8_t {
    transfer = 1,
    entry = 2,
    reversal = 3,
    hold_placed = 4,
    hold_captured = 5,
    hold_released = 6,
    hold_expired = 7,
    state_changed = 8,
    limits_changed = 9,
};

std::string_view name_of(LineKind kind);

// Another posting of the same entry; of a hold that is placed or ends, its other account.
struct CounterPosting {
    AccountNumber account;
    std::string code;
    AssetNumber asset;
    unsigned scale = 0;  // of that asset
    Side side = Side::debit;
    Amount amount;  // minor units of that asset
    friend bool operator==(const CounterPosting&, const CounterPosting&) = default;
};

// Amounts are minor units of the account's asset.
struct StatementLine {
    TouchPointer at;
    Stamp recorded_at;   // of its block
    Stamp effective_at;  // as stated; none: when it was recorded
    LineKind kind = LineKind::transfer;
    EntryId id;                    // of the entry, the hold placed, or the member
    std::optional<EntryId> about;  // the hold that is captured or ends; the entry reversed
    std::string reference;         // may be empty, as the description
    std::string description;
    Side side = Side::debit;              // of what is posted or held
    Amount posted;                        // 0: nothing was posted
    SignedAmount held;                    // above 0 when more is held now, below when less
    std::vector<CounterPosting> counter;  // in the order of the entry, without this posting
    std::optional<AccountState> state;    // state_changed: from now on
    std::optional<Limits> limits;         // limits_changed: from now on
    Totals after;
    std::uint64_t version = 0;  // of the account, after it
    friend bool operator==(const StatementLine&, const StatementLine&) = default;
};

// Which lines of an account are asked for.
struct StatementRange {
    Seq from = Seq{1};                             // inclusive
    Seq to = kSeqMax;                              // inclusive; later than all: the watermark
    TouchPointer before = {};                      // only older lines; none: from `to` on
    std::uint32_t lines_max = kStatementLinesMax;  // at least 1; fewer may come, and a `next`
};

// The answer to `statement`. Neither balance has a number when there is no such account.
struct AccountStatement {
    Standing standing;
    AccountBalance closing;            // after the first line; without any, where they would be
    AccountBalance opening;            // before the last line
    TouchPointer next;                 // `before` of the older page; none: the range ends here
    std::vector<StatementLine> lines;  // newest first
};

std::vector<std::byte> encode_statement(const MessageHeader& asked, const Id128& book,
                                        const AccountStatement& statement);
std::expected<AccountStatement, Malformation> decode_statement(Bytes message);

}  // namespace daybook::schema
