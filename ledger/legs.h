// Legs: the postings of a command with their accounts found, and the rules that all kinds of
// postings share. Each check is false when it has rejected. Private to ledger/'s sources.
#pragma once

#include <cstdint>
#include <span>

#include "ledger/draft.h"

namespace daybook {

// A posting whose account is known to exist.
struct Leg {
    AccountNumber number;
    const Standing* account = nullptr;
    Side side = Side::debit;
    Amount amount;
    std::uint16_t posting = 0;  // its index as stated
};

// How a leg changes its side of the account's totals.
struct Shift {
    Amount posted;  // is added
    Amount held;    // is added
    Amount unheld;  // is taken off; at most what is held
};

// No account stands on both sides.
bool check_sides(Draft& draft, std::span<const Leg> legs);
// Each account takes postings on its leg's side.
bool check_states(Draft& draft, std::span<const Leg> legs);
// Debits equal credits in each asset.
bool check_balance(Draft& draft, std::span<const Leg> legs);

// Adds the touch a leg makes, unless a side's total would leave its range.
bool touch(Draft& draft, const Leg& leg, const Shift& shift);
// Limits are tested on what all legs together leave behind, so on each account's last touch.
bool check_limits(Draft& draft, std::span<const Leg> legs);

// Touches by each leg's amount, then tests the limits.
bool post(Draft& draft, std::span<const Leg> legs);

Remark shortfall(const Leg& leg, SignedAmount balance, SignedAmount bound);

}  // namespace daybook
