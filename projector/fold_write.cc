// The part of the fold that writes what has been gathered.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <lmdb.h>

#include "projector/fold.h"
#include "projector/keys.h"
#include "projector/layout.h"
#include "projector/linked.h"
#include "projector/rows.h"

namespace daybook::projector {

namespace {

using IfThere = LinkedTable::IfThere;

Result<void> put(MDB_txn* txn, unsigned dbi, Bytes key, Bytes value, unsigned flags) {
    MDB_val key_val{key.size(), const_cast<std::byte*>(key.data())};
    MDB_val value_val{value.size(), const_cast<std::byte*>(value.data())};
    const int code = mdb_put(txn, dbi, &key_val, &value_val, flags);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put");
    return {};
}

// The row of an account that is there already.
Result<AccountInfo> account_to_change(const Store& store, MDB_txn* txn, AccountNumber number,
                                      std::uint32_t& check) {
    const std::uint64_t key = key_of(number);
    const auto stored = get(txn, store.databases().accounts, bytes_of(key));
    if (!stored) return std::unexpected{stored.error()};
    const std::optional<Bytes>& bytes = *stored;
    if (!bytes) return fail(ErrorCode::damaged, "an account that changes is not there");
    const auto row = store.seals().open(Table::accounts, bytes_of(key), *bytes);
    if (!row) return std::unexpected{row.error()};
    check = row->end.check;
    return account_from(number, row->value);
}

Result<void> put_terms(LinkedTable& terms, const AccountInfo& account, Seq until) {
    const TermsKey key = terms_key(account.number, until);
    const TermsRow row = terms_row(account);
    const auto done = terms.put(bytes_of(key), bytes_of(row), IfThere::refuse);
    if (!done) return fail(done.error(), "the state of " + account.code);
    return {};
}

}  // namespace

Result<void> Fold::write(const Store& store, MDB_txn* txn) {
    const std::uint64_t accounts_before = size_of(Table::accounts).rows;
    GroupChanges groups;
    if (auto written = write_new(store, txn, groups); !written) return written;
    if (auto written = write_changes(store, txn, groups); !written) return written;
    if (auto written = write_holds(store, txn); !written) return written;
    if (auto written = write_references(store, txn); !written) return written;
    if (auto written = write_balances(store, txn, groups); !written) return written;
    if (auto written = groups.write(store, txn, accounts_before); !written) return written;
    size_of(Table::groups).rows = (slots_.size() + kGroupAccounts - 1) / kGroupAccounts;
    if (auto put = store.put_outcomes(txn, bytes_of(outcomes_)); !put) return put;
    if (auto put = store.put_sizes(txn, sizes_); !put) return put;
    for (const Image& image : images_)
        slots_[image.account.value() - 1] = 0;
    images_.clear();
    assets_.clear();
    accounts_.clear();
    changes_.clear();
    change_count_ = 0;
    ended_.clear();
    holds_.clear();
    reversals_.clear();
    references_.clear();
    return {};
}

// Numbers only grow: appending refuses any that does not.
Result<void> Fold::write_new(const Store& store, MDB_txn* txn, GroupChanges& groups) {
    const Databases& databases = store.databases();
    for (const AssetInfo& asset : assets_) {
        const std::uint32_t key = key_of(asset.number);
        const AssetRow asset_row = to_row(asset);
        const SealedRow row{store.seals(), Table::assets, bytes_of(key), bytes_of(asset_row)};
        auto done = put(txn, databases.assets, bytes_of(key), row.bytes(), MDB_APPEND);
        if (!done) return fail(done.error(), "asset " + asset.code);
    }
    size_of(Table::assets).rows += assets_.size();
    LinkedTable codes{store, txn, Table::codes, sizes_};
    for (const AccountInfo& account : accounts_) {
        const std::uint64_t key = key_of(account.number);
        const AccountBytes bytes{account};
        const SealedRow row{store.seals(), Table::accounts, bytes_of(key), bytes.bytes()};
        auto done = put(txn, databases.accounts, bytes_of(key), row.bytes(), MDB_APPEND);
        if (!done) return fail(done.error(), "account " + account.code);
        groups.add(Table::accounts, account.number, 0, row.check());
        const std::uint64_t number = account.number.value();
        done = codes.put(as_bytes(account.code), bytes_of(number), IfThere::refuse);
        if (!done) return fail(done.error(), "code " + account.code);
    }
    size_of(Table::accounts).rows += accounts_.size();
    return {};
}

Result<void> Fold::write_changes(const Store& store, MDB_txn* txn, GroupChanges& groups) {
    LinkedTable terms{store, txn, Table::terms, sizes_};
    for (const auto& [ended, account] : ended_) {
        auto done = put_terms(terms, account, ended.second);
        if (!done) return done;
    }
    for (const auto& [number, changes] : changes_) {
        std::uint32_t check = 0;
        auto account = account_to_change(store, txn, number, check);
        if (!account) return std::unexpected{account.error()};
        for (const AccountChange& change : changes) {
            auto ended = put_terms(terms, *account, change.seq);
            if (!ended) return ended;
            if (change.state) account->state = *change.state;
            if (change.limits) account->limits = *change.limits;
        }
        const std::uint64_t key = key_of(number);
        const AccountBytes bytes{*account};
        const SealedRow row{store.seals(), Table::accounts, bytes_of(key), bytes.bytes()};
        auto done = put(txn, store.databases().accounts, bytes_of(key), row.bytes(), 0);
        if (!done) return fail(done.error(), "account " + account->code);
        groups.add(Table::accounts, number, check, row.check());
    }
    return {};
}

// A hold that began and ended since the last commit was never written.
Result<void> Fold::write_holds(const Store& store, MDB_txn* txn) {
    LinkedTable holds{store, txn, Table::holds, sizes_};
    for (const auto& [id, hold] : holds_) {
        const std::uint64_t key = key_of(id);
        const auto done = hold ? holds.put(bytes_of(key), bytes_of(to_row(*hold)), IfThere::replace)
                               : holds.remove(bytes_of(key));
        if (!done) return fail(done.error(), "hold " + to_string(id));
    }
    LinkedTable reversals{store, txn, Table::reversals, sizes_};
    for (const auto& [link, postings] : reversals_) {
        const ReversalKey key{.original = key_of(link.first), .reversal = key_of(link.second)};
        const ReversalRow row{.postings = postings};
        const auto done = reversals.put(bytes_of(key), bytes_of(row), IfThere::replace);
        if (!done) return fail(done.error(), "reversal " + to_string(link.second));
    }
    return {};
}

// A reference that is there already was unique then: the first that had it keeps it.
Result<void> Fold::write_references(const Store& store, MDB_txn* txn) {
    LinkedTable references{store, txn, Table::references, sizes_};
    for (const auto& [reference, id] : references_) {
        const std::uint64_t bits = id.bits();
        const auto done = references.put(as_bytes(reference), bytes_of(bits), IfThere::keep);
        if (!done) return fail(done.error(), "reference " + reference);
    }
    return {};
}

// In the order of the keys, so that a cursor mostly stays on its page. Those that have no row yet
// are the last.
Result<void> Fold::write_balances(const Store& store, MDB_txn* txn, GroupChanges& groups) {
    std::ranges::sort(images_, {}, &Image::account);
    const auto cursor = open_cursor(txn, store.databases().balances);
    if (!cursor) return std::unexpected{cursor.error()};
    std::uint64_t& rows = size_of(Table::balances).rows;
    const std::uint64_t rows_before = rows;
    for (const Image& image : images_) {
        std::uint64_t key = key_of(image.account);
        const BalanceRow balance = to_row(image.balance);
        const SealedRow row{store.seals(), Table::balances, bytes_of(key), bytes_of(balance)};
        MDB_val key_val{sizeof key, &key};
        MDB_val value{};
        const bool is_new = image.account.value() > rows_before;
        std::uint32_t check = 0;
        if (!is_new) {
            const int code = mdb_cursor_get(cursor->get(), &key_val, &value, MDB_SET);
            if (code == MDB_NOTFOUND) return damaged_row(Table::balances);
            if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read a balance");
            check = stated_check({static_cast<const std::byte*>(value.mv_data), value.mv_size});
        }
        value = {row.bytes().size(), const_cast<std::byte*>(row.bytes().data())};
        const unsigned flags = is_new ? MDB_APPEND : MDB_CURRENT;
        const int code = mdb_cursor_put(cursor->get(), &key_val, &value, flags);
        if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put a balance");
        rows += is_new ? 1 : 0;
        groups.add(Table::balances, image.account, check, row.check());
    }
    return {};
}

}  // namespace daybook::projector
