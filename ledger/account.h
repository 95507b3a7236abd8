// What an account is: type, normal side, limits, state, totals, and the balances derived from them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ledger/amount.h"

namespace daybook {

// On disk and on the wire. Never renumber; append only.
enum class Side : std::uint8_t { debit = 1, credit = 2 };
enum class AccountType : std::uint8_t {
    asset = 1,
    liability = 2,
    equity = 3,
    income = 4,
    expense = 5
};
enum class AccountState : std::uint8_t {
    open = 1,
    frozen_debits = 2,
    frozen_credits = 3,
    frozen = 4,
    closed = 5,
};

// Asset and expense accounts grow by debits, the others by credits.
constexpr Side normal_side(AccountType type) {
    return type == AccountType::asset || type == AccountType::expense ? Side::debit : Side::credit;
}

// Bounds of the available balance on the account's normal side, both inclusive; none is unbounded.
// `min 0` is "no overdraft".
struct Limits {
    std::optional<SignedAmount> min;
    std::optional<SignedAmount> max;
    friend bool operator==(const Limits&, const Limits&) = default;
};

struct Totals {
    Amount posted_debits;
    Amount posted_credits;
    Amount held_debits;
    Amount held_credits;
    friend bool operator==(const Totals&, const Totals&) = default;
};

// Posted on the normal side, outgoing minus incoming: what a statement shows.
SignedAmount posted_balance(AccountType type, const Totals& totals);
// Posted minus outgoing holds: what `min` tests.
SignedAmount available_balance(AccountType type, const Totals& totals);
// Posted plus incoming holds: what `max` tests.
SignedAmount expected_balance(AccountType type, const Totals& totals);

// True if postings on `side` are allowed in `state`.
bool accepts(AccountState state, Side side);

std::string_view name_of(Side side);
std::string_view name_of(AccountType type);
std::string_view name_of(AccountState state);
std::optional<AccountType> parse_account_type(std::string_view text);
std::optional<AccountState> parse_account_state(std::string_view text);

}  // namespace daybook
