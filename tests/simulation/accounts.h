// Accounts: the checker's own balances, from what records say they asked and did; no rule of the
// ledger runs again, and nothing of the book is used.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ledger/command.h"
#include "ledger/history.h"
#include "schema/record.h"

namespace daybook::simulation {

class Accounts {
public:
    struct Account {
        std::string asset;
        AccountType type = AccountType::liability;
        Limits limits;
        Totals totals;
        std::uint64_t version = 0;
        TouchPointer last;
    };

    // An accepted record, with its command. What is wrong with it; empty when nothing is.
    std::string take(const schema::RecordView& record, const Command& command);

    // Null when there is no such account.
    const Account* find(AccountNumber number) const;
    const std::vector<Account>& all() const { return accounts_; }

private:
    // What a record adds to the four totals, by asset; modulo 2^128, as what is held may fall.
    struct Change {
        Uint128 posted_debits = 0;
        Uint128 posted_credits = 0;
        Uint128 held_debits = 0;
        Uint128 held_credits = 0;
    };

    std::string check_transfer(const schema::RecordView& record, const Transfer& transfer) const;
    void take_terms(const Command& command);
    void take_member(const Member& member);
    void open(const OpenAccount& opened);
    void limit(const SetLimits& stated);
    std::optional<std::size_t> place_of(const AccountRef& account) const;
    std::string take_touch(const schema::RecordView& record, std::size_t index,
                           std::map<std::string, Change>& changes, bool keeps_limits);

    std::vector<Account> accounts_;
    std::map<std::string, std::size_t, std::less<>> codes_;
};

}  // namespace daybook::simulation
