#include "ledger/account.h"

#include "ledger/names.h"

namespace daybook {

namespace {

constexpr Named<AccountType, 5> kTypes{{
    {AccountType::asset, "asset"},
    {AccountType::liability, "liability"},
    {AccountType::equity, "equity"},
    {AccountType::income, "income"},
    {AccountType::expense, "expense"},
}};
constexpr Named<AccountState, 5> kStates{{
    {AccountState::open, "open"},
    {AccountState::frozen_debits, "frozen_debits"},
    {AccountState::frozen_credits, "frozen_credits"},
    {AccountState::frozen, "frozen"},
    {AccountState::closed, "closed"},
}};

SignedAmount plus(SignedAmount balance, Amount held) {
    return SignedAmount{balance.minor_units() + static_cast<Int128>(held.minor_units())};
}
SignedAmount minus(SignedAmount balance, Amount held) {
    return SignedAmount{balance.minor_units() - static_cast<Int128>(held.minor_units())};
}
}  // namespace

// The sums below fit because posted + held stays under kSideTotalMax on each side.

SignedAmount posted_balance(AccountType type, const Totals& totals) {
    return normal_side(type) == Side::debit
               ? difference(totals.posted_debits, totals.posted_credits)
               : difference(totals.posted_credits, totals.posted_debits);
}

SignedAmount available_balance(AccountType type, const Totals& totals) {
    const bool is_debit_normal = normal_side(type) == Side::debit;
    return minus(posted_balance(type, totals),
                 is_debit_normal ? totals.held_credits : totals.held_debits);
}

SignedAmount expected_balance(AccountType type, const Totals& totals) {
    const bool is_debit_normal = normal_side(type) == Side::debit;
    return plus(posted_balance(type, totals),
                is_debit_normal ? totals.held_debits : totals.held_credits);
}

bool accepts(AccountState state, Side side) {
    switch (state) {
        case AccountState::open:
            return true;
        case AccountState::frozen_debits:
            return side != Side::debit;
        case AccountState::frozen_credits:
            return side != Side::credit;
        case AccountState::frozen:
        case AccountState::closed:
            return false;
    }
    return false;
}

std::string_view name_of(Side side) {
    return side == Side::debit ? "debit" : "credit";
}

std::string_view name_of(AccountType type) {
    return name_in(kTypes, type);
}
std::string_view name_of(AccountState state) {
    return name_in(kStates, state);
}
std::optional<AccountType> parse_account_type(std::string_view text) {
    return parse_in(kTypes, text);
}
std::optional<AccountState> parse_account_state(std::string_view text) {
    return parse_in(kStates, text);
}

}  // namespace daybook
