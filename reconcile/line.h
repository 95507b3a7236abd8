// Line: one movement of the account, as the ledger or the outside statement has it. The two are
// compared, so they have one form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/amount.h"
#include "ledger/entry_id.h"
#include "ledger/history.h"
#include "reconcile/day.h"

namespace daybook::reconcile {

enum class Party : std::uint8_t { ledger, statement };

constexpr Party other(Party party) {
    return party == Party::ledger ? Party::statement : Party::ledger;
}

struct Line {
    Day day;              // the effective day, or the recorded one; the statement's booking day
    SignedAmount amount;  // minor units; above 0 it increases the account's balance
    std::string reference = {};
    std::string description = {};
    std::string counterpart = {};  // the ledger's counter account; whom the statement names
    TouchPointer at = {};          // in the ledger
    EntryId id = {};               // of its entry there
    std::optional<EntryId> reverses = {};
    std::uint64_t number = 0;  // in the statements: 1, 2, 3 … as they were given
};

// Neither is too large to be added up ten million times.
inline constexpr Int128 kLineAmountMax = Int128{1'000'000'000'000} * 1'000'000'000'000'000;
inline constexpr std::uint64_t kLinesMax = 10'000'000;  // of a party

}  // namespace daybook::reconcile
