// Fold: what records change, gathered in memory until it is written in one transaction.
// Copies after-images; the last one of an account wins. The projector's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "projector/balances.h"
#include "projector/store.h"
#include "schema/record.h"

namespace daybook::projector {

class Fold {
public:
    // Continues from what `store` holds; `damaged` when its databases contradict each other.
    static Result<Fold> resume(const Store& store);

    // The record of the next Seq. `damaged` when it cannot follow the records before it; then
    // the projection must not be written any more.
    Result<void> apply(const schema::RecordView& record);

    // Writes what has been gathered, in the order of the keys, and forgets it; it must be committed
    // or this Fold must not be used again.
    Result<void> write(const Store& store, MDB_txn* txn);

    // How many rows `write` would write, about.
    std::size_t row_count() const { return images_.size() + (2 * accounts_.size()); }

private:
    struct Image {
        AccountNumber account;
        Balance balance;
    };

    Fold() = default;
    Result<void> define_asset(const schema::RecordView& record);
    Result<void> open_account(const schema::RecordView& record);
    Result<void> write_new(const Store& store, MDB_txn* txn) const;
    Result<void> write_balances(const Store& store, MDB_txn* txn);

    std::map<std::string, AssetNumber, std::less<>> asset_numbers_;  // few
    // Of each account, by number − 1: where in `images_` its image is, plus 1; 0 when untouched.
    std::vector<std::uint32_t> slots_;
    std::vector<Image> images_;
    std::vector<AssetInfo> assets_;      // new ones
    std::vector<AccountInfo> accounts_;  // new ones
};

}  // namespace daybook::projector
