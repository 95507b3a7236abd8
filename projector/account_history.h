// AccountHistory: the touches of one account, newest first, read from the journal by the pointers
// that each touch holds. No index: any touch of n is O(log n) records away.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/reader.h"
#include "ledger/history.h"
#include "ledger/numbers.h"
#include "ledger/touch.h"
#include "projector/balances.h"
#include "schema/record.h"

namespace daybook::projector {

// A touch and the record it is in; valid until the journal's snapshot is refreshed or ends.
struct FoundTouch {
    TouchPointer at;
    Touch touch;
    Stamp stamp;  // of its block
    schema::RecordView record;
};

// One thread at a time. Every call may fail with `damaged`: a pointer that does not lead strictly
// back to a touch of this account whose version fits is refused, so no walk goes in circles or
// astray.
class AccountHistory {
public:
    // `newest` is the account's balance in a view of the projection; the snapshot, which must
    // outlive this, is taken after that view (Past, in past.h, sees to both).
    AccountHistory(journal::Snapshot& journal, AccountNumber account, const Balance& newest);

    // Nothing when the account has not been touched.
    Result<std::optional<FoundTouch>> newest();
    // The account's touch before this one; nothing before the first.
    Result<std::optional<FoundTouch>> before(const FoundTouch& touch);

    // The newest touch that is before `bound`, whether or not one is there. Follows `jump` as long
    // as that does not pass it, else `prev`.
    Result<std::optional<FoundTouch>> newest_before(TouchPointer bound);
    // The newest touch of this Seq or an earlier one: the account as record `seq` left it.
    Result<std::optional<FoundTouch>> newest_at(Seq seq);

    // How many records have been read.
    std::uint64_t hops() const { return hops_; }

private:
    Result<FoundTouch> read(TouchPointer at);
    Result<std::optional<FoundTouch>> follow(const FoundTouch& from, TouchPointer to);
    std::unexpected<Error> damaged(TouchPointer at, const std::string& what) const;

    journal::Snapshot& journal_;
    AccountNumber account_;
    Balance newest_;
    std::uint64_t hops_ = 0;
};

}  // namespace daybook::projector
