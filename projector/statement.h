// Statement: what happened to one account, a line for each touch, newest first, page by page. A
// page costs its lines and O(log n) records to reach its first one, however long the history is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/entry_id.h"
#include "ledger/history.h"
#include "ledger/numbers.h"
#include "projector/past.h"

namespace daybook::projector {

enum class LineKind : std::uint8_t {
    transfer,
    entry,
    reversal,
    hold_placed,
    hold_captured,
    hold_released,
    hold_expired,
    state_changed,
    limits_changed,
};

std::string_view name_of(LineKind kind);

// Another posting of the same entry; of a hold that is placed or ends, its other account.
struct CounterPosting {
    AccountNumber account;
    std::string code;
    AssetNumber asset;
    Side side = Side::debit;
    Amount amount;  // minor units of that asset
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
};

struct StatementQuery {
    AccountNumber account;
    Seq from = Seq{1};           // inclusive
    Seq to = kSeqMax;            // inclusive; beyond the watermark: the watermark
    TouchPointer before = {};    // only lines older than this one; none: from `to` on
    std::size_t lines_max = 50;  // at least 1 (checked)
};

struct StatementPage {
    std::vector<StatementLine> lines;  // newest first
    Balance closing;                   // after the first of them; without any, where they would be
    Balance opening;                   // before the last of them; the two differ by the lines
    // `before` of the next, older page; none when this one reaches the start of the range.
    TouchPointer next;
    std::uint64_t records_read = 0;
};

// `not_found` when there is no such account, or not yet at the range's end; `damaged` as
// AccountHistory says.
Result<StatementPage> read_statement(const Past& past, const StatementQuery& query);

}  // namespace daybook::projector
