#include "ledger/account.h"

namespace daybook {

namespace {
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
    switch (type) {
        case AccountType::asset:
            return "asset";
        case AccountType::liability:
            return "liability";
        case AccountType::equity:
            return "equity";
        case AccountType::income:
            return "income";
        case AccountType::expense:
            return "expense";
    }
    return "unknown";
}

std::string_view name_of(AccountState state) {
    switch (state) {
        case AccountState::open:
            return "open";
        case AccountState::frozen_debits:
            return "frozen_debits";
        case AccountState::frozen_credits:
            return "frozen_credits";
        case AccountState::frozen:
            return "frozen";
        case AccountState::closed:
            return "closed";
    }
    return "unknown";
}

std::optional<AccountType> parse_account_type(std::string_view text) {
    for (const auto type : {AccountType::asset, AccountType::liability, AccountType::equity,
                            AccountType::income, AccountType::expense}) {
        if (name_of(type) == text) return type;
    }
    return std::nullopt;
}

}  // namespace daybook
