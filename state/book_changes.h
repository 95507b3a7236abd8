// BookChanges: what has happened to the book since its last file, gathered from records.
// The keeper's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/account.h"
#include "ledger/history.h"
#include "ledger/hold.h"
#include "schema/effects.h"
#include "schema/record.h"

namespace daybook::state {

struct SavedAsset {
    std::string code;
    unsigned scale = 0;
};

struct SavedAccount {
    AssetNumber asset;
    AccountType type = AccountType::liability;
    AccountState state = AccountState::open;
    Limits limits;
    Seq opened;
    std::string code;
    Totals totals;
    std::uint64_t version = 0;
    History history;
};

class BookChanges : private schema::EffectSink {
public:
    // After a book file with these assets and so many accounts.
    BookChanges(const std::vector<std::string>& asset_codes, std::uint64_t account_count);

    // The record of the next Seq. `damaged` when it cannot follow the records before it.
    Result<void> apply(const schema::RecordView& record);

    // Before what follows is asked: brings the histories up to the last record.
    void settle();
    // What the account has become, written over what it was.
    void apply_to(AccountNumber number, SavedAccount& account) const;
    const std::vector<SavedAsset>& new_assets() const { return assets_; }
    const std::vector<SavedAccount>& new_accounts() const { return accounts_; }
    // By id; those that have ended too.
    const std::map<EntryId, Hold>& holds() const { return holds_; }
    // Of each posting of the entry the total reversed; none where it has not changed.
    const std::map<EntryId, std::vector<std::optional<Amount>>>& reversed() const {
        return reversed_;
    }

    std::uint64_t account_count() const { return slots_.size(); }
    std::uint64_t record_count() const { return record_count_; }
    // Of those that are not one an account: openings, terms, holds, reversals.
    std::size_t other_count() const {
        return accounts_.size() + terms_.size() + holds_.size() + reversed_.size();
    }

    // They are in the book file now.
    void forget();

private:
    struct Image {
        AccountNumber account;
        std::uint64_t version = 0;
        Totals totals;
    };
    struct Place {
        std::uint32_t slot = 0;
        TouchPointer touch;
    };
    struct Terms {
        std::optional<AccountState> state;
        std::optional<Limits> limits;
    };

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
    AssetNumber next_asset() const;
    bool has(AccountNumber number) const { return number.value() - 1 < slots_.size(); }

    std::map<std::string, AssetNumber, std::less<>> asset_numbers_;
    // Of each account, by number − 1: where in `images_` its image is, plus 1; 0 when untouched.
    std::vector<std::uint32_t> slots_;
    std::vector<Image> images_;
    // Beside each image; roots of the time before are none. A history is several cache lines away,
    // so touches wait here until there are many, and each history gets its own at once.
    std::vector<History> histories_;
    std::vector<Place> places_;
    std::vector<std::uint32_t> ends_;       // scratch of settle()
    std::vector<TouchPointer> by_account_;  // scratch of settle()
    std::vector<SavedAsset> assets_;
    std::vector<SavedAccount> accounts_;
    std::map<AccountNumber, Terms> terms_;
    std::map<EntryId, Hold> holds_;
    std::map<EntryId, std::vector<std::optional<Amount>>> reversed_;
    std::uint64_t record_count_ = 0;
};

}  // namespace daybook::state
