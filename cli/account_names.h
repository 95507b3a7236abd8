// AccountNames: what people call accounts, and how their amounts are written: learned from the
// records that go by, else looked up, if there is a source.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "cli/name_source.h"
#include "ledger/amount.h"
#include "ledger/command.h"
#include "ledger/entry_id.h"
#include "ledger/numbers.h"
#include "schema/receipts.h"
#include "schema/record.h"

namespace daybook::cli {

class AccountNames {
public:
    // Without a source it knows what it is told alone.
    explicit AccountNames(std::unique_ptr<NameSource> source = nullptr)
        : source_{std::move(source)} {}

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

    std::unique_ptr<NameSource> source_;
    std::unordered_map<std::uint64_t, Account> accounts_;
    std::unordered_map<std::string, std::uint64_t> numbers_;
    std::unordered_map<std::string, unsigned> scales_;  // by asset code
};

}  // namespace daybook::cli
