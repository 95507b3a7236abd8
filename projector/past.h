// Past: the book as it was at any Seq up to a view's watermark, from the view and the journal
// behind it.
#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/reader.h"
#include "ledger/numbers.h"
#include "projector/account_history.h"
#include "projector/balances.h"

namespace daybook::projector {

// The last Seq whose block has a stamp at or before `moment`, up to the journal's head; 0 when
// there is none. Reads O(log n) block headers. As stamps never go back, everything up to it was
// recorded by then and nothing after it.
Result<Seq> last_seq_at(journal::Snapshot& journal, Stamp moment);

// One thread at a time; lives within its view and snapshot, so for about a second at most.
class Past {
public:
    // The journal's snapshot must be taken after the view, so that it reaches the watermark: then
    // what is said is exact, however far the journal is ahead. Both must outlive this. `damaged`
    // when the projection is not of this journal.
    static Result<Past> open(const View& view, journal::Snapshot& journal);

    const View& view() const { return *view_; }
    Seq watermark() const { return view_->watermark().seq; }
    journal::Snapshot& journal() const { return *journal_; }

    // `not_found` when there is no such account.
    Result<AccountHistory> history(AccountNumber account) const;

    // An account's balance as record `seq` left it; nothing when it was opened later. A `seq`
    // beyond the watermark is the watermark. `hops`, if given, is increased by the records read.
    // Type, code and asset never change, but state and limits of `account` are the watermark's.
    Result<std::optional<Balance>> balance_at(const AccountInfo& account, Seq seq,
                                              std::uint64_t* hops = nullptr) const;

private:
    Past(const View& view, journal::Snapshot& journal) : view_{&view}, journal_{&journal} {}

    const View* view_;
    journal::Snapshot* journal_;
};

}  // namespace daybook::projector
