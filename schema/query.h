// Queries: what a reader asks of the projector's query endpoint; schema/query_answers.h is what is
// answered. A query is one message: the header, 32 bytes that every kind has, in some kinds 32 more
// (a range, or which accounts), then frames.
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

inline constexpr std::size_t kQueryBytesMax = std::size_t{256} << 10;
inline constexpr std::size_t kCodesMax = 1000;  // in one `balances`, or `numbers`
inline constexpr std::size_t kRangeBytesMax = std::size_t{1} << 20;  // of records in an answer
inline constexpr std::size_t kAccountsMax = 4000;                    // in one `accounts_under`
inline constexpr std::uint32_t kListedMax = 1000;                    // in one `listed_accounts`
inline constexpr std::uint32_t kWaitMsMax = 30'000;                  // longer waits are cut to it

// Of the kinds that ask for accounts as they stood.
struct AccountsAsked {
    // As record `as_of` left them, which is waited for like `min_seq`; kSeqMax: as they stand.
    Seq as_of = kSeqMax;
    // Of `trial_balance`: the accounts with a higher number; none: all.
    AccountNumber after = {};
    // Of `account_list`: at least one line, and whom it is about; none: any.
    std::uint32_t lines_max = 0;
    std::optional<AccountType> type = {};
    std::optional<AccountState> state = {};

    friend bool operator==(const AccountsAsked&, const AccountsAsked&) = default;
};

struct Query {
    MessageKind kind = MessageKind::status;  // one of those asked of a query endpoint
    // Answered once the projection (if `is_of_journal`: the journal) has come so far; after
    // `wait_ms` without that, refused as `not_reached`.
    Seq min_seq;
    std::uint32_t wait_ms = 0;
    // Of `record_range`: the first record, at least 1; it need not be there yet. At most so many
    // bytes of records come back, but one whole record at least when there is one. Of `statement`:
    // where the range begins, at least 1. Of `entry`: the record, at least 1.
    Seq from;
    std::uint32_t bytes_max = 0;
    // Of `balances`: 1 to kCodesMax account codes. Of `accounts`: the path ("" is every account),
    // and the code after which to go on ("" from the start). Of `statement`: an account code. Of
    // `account_list`: path, code, and the code of an asset ("" is any). Of `account_details`: 1 to
    // kCodesMax account codes. Of `reference`: it.
    std::vector<std::string> texts = {};
    // Of `statement`: the rest of StatementRange; at least one line.
    Seq to = {};
    TouchPointer before = {};
    std::uint32_t lines_max = 0;
    // Of `moment`.
    Stamp moment = {};
    // Of `numbers`: 1 to kCodesMax.
    std::vector<AccountNumber> numbers = {};
    AccountsAsked accounts = {};

    friend bool operator==(const Query&, const Query&) = default;
};

// Whether it is answered from the journal alone, however far the projection is.
constexpr bool is_of_journal(MessageKind kind) {
    return kind == MessageKind::record_range || kind == MessageKind::moment;
}

// Whether `accounts` is part of it.
constexpr bool is_of_accounts(MessageKind kind) {
    return kind >= MessageKind::account_list && kind <= MessageKind::trial_balance;
}

// What must have been applied before it is answered. What the journal, which is at `head`, does not
// have is not waited for when an entry is asked for.
Seq seq_needed(const Query& query, Seq head);

std::vector<std::byte> encode_query(const Query& query, const Id128& book,
                                    std::uint64_t correlation);

struct AskedQuery {
    MessageHeader header;
    Query query;
};
// The bytes need no alignment. `book` is the one served; `status` alone may name none.
std::expected<AskedQuery, Malformation> decode_query(Bytes message, const Id128& book);

}  // namespace daybook::schema
