// Chart: the assets and accounts that the records so far have made, and each account's totals: what
// an export must know beside the record it writes. Grows with the accounts, never with the journal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/command.h"
#include "ledger/numbers.h"
#include "schema/effects.h"
#include "schema/record.h"

namespace daybook::exports {

struct ChartAsset {
    std::string code;
    unsigned scale = 0;
};

struct ChartAccount {
    std::string code;
    AssetNumber asset;
    AccountType type = AccountType::liability;
    AccountState state = AccountState::open;
    std::uint64_t version = 0;
    Totals totals;
};

// A posting as its touch tells it: what the account's posted totals grew by.
struct PostedTouch {
    std::size_t touch = 0;  // its index in the record
    AccountNumber account;
    Side side = Side::debit;
    Amount amount;
    Totals after;
};

class Chart : private schema::EffectSink {
public:
    // The record of the next Seq. Fills `posted`, in the order of the touches; those that only hold
    // or free an amount post nothing. `damaged` when the record cannot follow those before it.
    Result<void> take(const schema::RecordView& record, std::vector<PostedTouch>& posted);

    std::size_t asset_count() const { return assets_.size(); }
    std::size_t account_count() const { return accounts_.size(); }
    // The number must exist (checked); those of a PostedTouch do.
    const ChartAsset& asset(AssetNumber number) const;
    const ChartAccount& account(AccountNumber number) const;
    const ChartAsset& asset_of(AccountNumber number) const { return asset(account(number).asset); }
    // None when there is no such account yet.
    AccountNumber find(std::string_view code) const;

private:
    Result<void> define_asset(const schema::RecordView& record, AssetNumber number,
                              const DefineAsset& stated) override;
    Result<void> open_account(const schema::RecordView& record, AccountNumber number,
                              const OpenAccount& stated) override;
    Result<void> set_state(const schema::RecordView& record, AccountNumber number,
                           AccountState state) override;
    Result<void> set_limits(const schema::RecordView& record, AccountNumber number,
                            const Limits& limits) override;
    Result<void> reverse(const schema::RecordView& record, const Remark& remark) override;
    Result<void> put_hold(const schema::RecordView& record, EntryId id, const Hold& hold) override;
    Result<void> touch(const schema::RecordView& record) override;
    bool has(AccountNumber number) const {
        return number.value() - 1 < accounts_.size();  // huge for "none"
    }

    std::vector<ChartAsset> assets_;
    std::vector<ChartAccount> accounts_;
};

}  // namespace daybook::exports
