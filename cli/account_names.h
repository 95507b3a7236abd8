// AccountNames: what people call accounts, and how their amounts are written: learned from the
// records that go by, else from the projection, if there is one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "ledger/amount.h"
#include "ledger/command.h"
#include "ledger/entry_id.h"
#include "ledger/numbers.h"
#include "projector/balances.h"
#include "schema/receipts.h"
#include "schema/record.h"

namespace daybook::cli {

class AccountNames {
public:
    // `projection` may be null.
    explicit AccountNames(std::unique_ptr<projector::Balances> projection)
        : projection_{std::move(projection)} {}

    // Knows what it is told alone.
    AccountNames() = default;

    void learn(const std::string& code, const schema::ResolvedAccount& account);
    // Takes in what a record makes.
    void learn(const schema::RecordView& record, const Command& command);

    // The code, or `#7` when it is not known.
    std::string code_of(AccountNumber number);
    // Nothing when the account is not known.
    std::optional<unsigned> scale_of(AccountNumber number);
    // The account it will debit; none when the hold is not open, or not known.
    AccountNumber account_of_hold(EntryId hold) const;
    // With asset and decimal point, or in minor units when the account is not known.
    std::string amount_in(const AccountRef& account, Amount amount);
    std::string amount_in(AccountNumber number, SignedAmount amount);

private:
    struct Asset {
        std::string code;
        unsigned scale = 0;
    };
    struct Account {
        std::string code;
        Asset asset;
    };

    void learn(const DefineAsset& asset);
    void learn(const OpenAccount& account, std::uint64_t number);
    const Account* find(AccountNumber number);
    const Account* find(const AccountRef& account);
    std::optional<Account> read(AccountNumber number) const;
    std::optional<AccountNumber> read_number(const std::string& code) const;

    std::unique_ptr<projector::Balances> projection_;
    std::unordered_map<std::uint64_t, Account> accounts_;
    std::unordered_map<std::string, std::uint64_t> numbers_;
    std::unordered_map<std::string, unsigned> scales_;  // by asset code
};

}  // namespace daybook::cli
