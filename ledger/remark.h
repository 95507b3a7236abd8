// Remark: what a decision says beyond its outcome and touches: why it was rejected, or what else
// than totals it changed, resolved to numbers and ids. Kept in the record and sent with receipts.
#pragma once

#include <cstdint>
#include <span>

#include "base/clock.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/entry_id.h"
#include "ledger/hold.h"
#include "ledger/numbers.h"

namespace daybook {

// On disk. Never renumber; append only. Behind each: which fields it uses.
enum class RemarkKind : std::uint16_t {
    shortfall = 1,  // index of the posting, account; x balance as it stood, y bound
    unmet = 2,      // index of the condition, account; x value as it stood, y demanded
    excess = 3,     // index of the posting, id of the hold or entry; x left, y asked
    rate = 4,       // x expected, y stated
    failed = 5,     // the member that an atomic was rejected for
    number = 6,     // subject: the account or asset number a member made
    taken = 7,      // x amount that a balancing transfer or a capture posted
    hold = 8,       // index of the debited account's touch (the other's is next), count: HoldState,
                    // id, at: expires_at; x remaining, y captured
    reversed = 9,   // index of the touch, count: of the posting in the original, id of the
                    // original; x amount, y total reversed of that posting so far
    state = 10,     // account, count: AccountState
    limits = 11,    // account, count: kHasMin | kHasMax; x min, y max
};
inline constexpr RemarkKind kRemarkKindLast = RemarkKind::limits;

struct Remark {
    static constexpr std::uint16_t kNoMember = 0xffff;
    static constexpr std::uint32_t kHasMin = 1;
    static constexpr std::uint32_t kHasMax = 2;

    RemarkKind kind = RemarkKind::shortfall;
    std::uint16_t member = kNoMember;  // of an atomic, from 0; none: about the whole command
    std::uint16_t index = 0;
    std::uint32_t count = 0;
    std::uint64_t subject = 0;
    Stamp at = {};
    SignedAmount x = {};
    SignedAmount y = {};

    AccountNumber account() const { return AccountNumber{subject}; }
    EntryId id() const { return EntryId{subject}; }
    HoldState hold_state() const { return static_cast<HoldState>(count); }
    AccountState account_state() const { return static_cast<AccountState>(count); }
    Limits limits() const {
        Limits limits;
        if ((count & kHasMin) != 0) limits.min = x;
        if ((count & kHasMax) != 0) limits.max = y;
        return limits;
    }
    bool has_member() const { return member != kNoMember; }
    // The entry or hold that was made by what the remark is about.
    EntryId made_at(Seq seq) const { return {seq, has_member() ? member : std::uint16_t{0}}; }
    // Where x and y are amounts.
    Amount amount_x() const { return Amount{static_cast<Uint128>(x.minor_units())}; }
    Amount amount_y() const { return Amount{static_cast<Uint128>(y.minor_units())}; }

    friend bool operator==(const Remark&, const Remark&) = default;
};

// The bits of an amount where a remark keeps it.
constexpr SignedAmount as_bits(Amount amount) {
    return SignedAmount{amount.high(), amount.low()};
}

// The first of this kind; null when there is none.
inline const Remark* find_remark(std::span<const Remark> remarks, RemarkKind kind) {
    for (const auto& remark : remarks) {
        if (remark.kind == kind) return &remark;
    }
    return nullptr;
}

}  // namespace daybook
