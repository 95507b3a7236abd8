// Fold: what records change, gathered in memory until it is written in one transaction.
// Copies after-images; the last one of an account wins. The projector's thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ledger/command.h"
#include "ledger/outcome.h"
#include "ledger/remark.h"
#include "projector/balances.h"
#include "projector/groups.h"
#include "projector/store.h"
#include "schema/effects.h"
#include "schema/record.h"

namespace daybook::projector {

class Fold : private schema::EffectSink {
public:
    // Continues from what `store` holds; `damaged` when its databases contradict each other.
    static Result<Fold> resume(const Store& store);

    // The record of the next Seq. `damaged` when it cannot follow the records before it; then
    // the projection must not be written any more.
    Result<void> apply(const schema::RecordView& record);

    // Writes what has been gathered, in the order of the keys, and forgets it; it must be committed
    // or this Fold must not be used again.
    Result<void> write(const Store& store, MDB_txn* txn);

    // How many rows `write` would write, about: of balances, and others.
    std::size_t account_count() const { return slots_.size(); }
    std::size_t balance_count() const { return images_.size(); }
    std::size_t row_count() const {
        return (2 * accounts_.size()) + ended_.size() + (2 * change_count_) + holds_.size() +
               reversals_.size() + references_.size();
    }

private:
    struct Image {
        AccountNumber account;
        Balance balance;
    };

    // What a record has changed of an account that is in the projection already.
    struct AccountChange {
        Seq seq;
        std::optional<AccountState> state;
        std::optional<Limits> limits;
    };

    Fold() = default;
    Result<void> see_atomic(const schema::RecordView& record, const Atomic& stated) override;
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
    TableSize& size_of(Table table) { return sizes_[static_cast<std::size_t>(table)]; }
    bool has(AccountNumber number) const {
        return number.value() - 1 < slots_.size();  // huge for "none"
    }
    // The row to come of an account that is not in the projection yet; else null.
    AccountInfo* find_new(AccountNumber number);
    // The same, when `seq` is about to change it: what it was until then is kept.
    AccountInfo* change_new(AccountNumber number, Seq seq);
    AccountChange& change_of(AccountNumber number, Seq seq);
    Result<void> resume_outcomes(const Store& store, MDB_txn* txn);
    template <typename CommandOrMember>
    void take_reference(const CommandOrMember& said, EntryId id);
    Result<void> write_new(const Store& store, MDB_txn* txn, GroupChanges& groups);
    Result<void> write_changes(const Store& store, MDB_txn* txn, GroupChanges& groups);
    Result<void> write_holds(const Store& store, MDB_txn* txn);
    Result<void> write_references(const Store& store, MDB_txn* txn);
    Result<void> write_balances(const Store& store, MDB_txn* txn, GroupChanges& groups);

    TableSizes sizes_{};                                             // as written
    std::map<std::string, AssetNumber, std::less<>> asset_numbers_;  // few
    // Of each account, by number − 1: where in `images_` its image is, plus 1; 0 when untouched.
    std::vector<std::uint32_t> slots_;
    std::vector<Image> images_;
    std::vector<AssetInfo> assets_;                                // new ones
    std::vector<AccountInfo> accounts_;                            // new ones, by number
    std::map<AccountNumber, std::vector<AccountChange>> changes_;  // one a record, in order
    std::size_t change_count_ = 0;
    std::map<std::pair<AccountNumber, Seq>, AccountInfo> ended_;      // what new ones were before
    std::map<EntryId, std::optional<OpenHold>> holds_;                // nothing: ended
    std::map<std::pair<EntryId, EntryId>, std::uint64_t> reversals_;  // postings reversed
    std::map<std::string, EntryId, std::less<>> references_;          // new unique ones
    // Since the book began, by rejection; of `none`: accepted.
    std::array<std::uint64_t, code_of(kRejectionLast) + 1> outcomes_{};
};

}  // namespace daybook::projector
