// The part of the fold that writes what has been gathered.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include <lmdb.h>

#include "projector/fold.h"
#include "projector/keys.h"
#include "projector/layout.h"
#include "projector/rows.h"

namespace daybook::projector {

namespace {

Result<void> put(MDB_txn* txn, unsigned dbi, Bytes key, Bytes value, unsigned flags) {
    MDB_val key_val{key.size(), const_cast<std::byte*>(key.data())};
    MDB_val value_val{value.size(), const_cast<std::byte*>(value.data())};
    const int code = mdb_put(txn, dbi, &key_val, &value_val, flags);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put");
    return {};
}

// A hold that began and ended since the last commit was never written.
Result<void> remove(MDB_txn* txn, unsigned dbi, Bytes key) {
    MDB_val key_val{key.size(), const_cast<std::byte*>(key.data())};
    const int code = mdb_del(txn, dbi, &key_val, nullptr);
    if (code != MDB_SUCCESS && code != MDB_NOTFOUND) return lmdb_error(code, "cannot delete");
    return {};
}

// State and limits that the record `until` has changed.
Result<void> put_terms(MDB_txn* txn, unsigned dbi, const AccountInfo& account, Seq until) {
    const TermsKey key = terms_key(account.number, until);
    const TermsRow row = terms_row(account);
    const auto done = put(txn, dbi, bytes_of(key), bytes_of(row), MDB_NOOVERWRITE);
    if (!done) return fail(done.error(), "the state of " + account.code);
    return {};
}

}  // namespace

Result<void> Fold::write(const Store& store, MDB_txn* txn) {
    if (auto written = write_new(store, txn); !written) return written;
    if (auto written = write_changes(store, txn); !written) return written;
    if (auto written = write_holds(store, txn); !written) return written;
    if (auto written = write_references(store, txn); !written) return written;
    if (auto written = write_balances(store, txn); !written) return written;
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
Result<void> Fold::write_new(const Store& store, MDB_txn* txn) const {
    const Databases& databases = store.databases();
    for (const AssetInfo& asset : assets_) {
        const std::uint32_t key = key_of(asset.number);
        const AssetRow row = to_row(asset);
        auto done = put(txn, databases.assets, bytes_of(key), bytes_of(row), MDB_APPEND);
        if (!done) return fail(done.error(), "asset " + asset.code);
    }
    for (const AccountInfo& account : accounts_) {
        const std::uint64_t key = key_of(account.number);
        const AccountBytes row{account};
        auto done = put(txn, databases.accounts, bytes_of(key), row.bytes(), MDB_APPEND);
        if (!done) return fail(done.error(), "account " + account.code);
        const std::uint64_t number = account.number.value();
        done = put(txn, databases.codes, as_bytes(account.code), bytes_of(number), MDB_NOOVERWRITE);
        if (!done) return fail(done.error(), "code " + account.code);
    }
    return {};
}

Result<void> Fold::write_changes(const Store& store, MDB_txn* txn) const {
    const unsigned dbi = store.databases().accounts;
    for (const auto& [ended, account] : ended_) {
        auto done = put_terms(txn, store.databases().terms, account, ended.second);
        if (!done) return done;
    }
    for (const auto& [number, changes] : changes_) {
        const std::uint64_t key = key_of(number);
        const auto row = get(txn, dbi, bytes_of(key));
        if (!row) return std::unexpected{row.error()};
        const std::optional<Bytes>& bytes = *row;
        if (!bytes) return fail(ErrorCode::damaged, "an account that changes is not there");
        auto account = account_from(number, *bytes);
        if (!account) return std::unexpected{account.error()};
        for (const AccountChange& change : changes) {
            auto ended = put_terms(txn, store.databases().terms, *account, change.seq);
            if (!ended) return ended;
            if (change.state) account->state = *change.state;
            if (change.limits) account->limits = *change.limits;
        }
        auto done = put(txn, dbi, bytes_of(key), AccountBytes{*account}.bytes(), 0);
        if (!done) return fail(done.error(), "account " + account->code);
    }
    return {};
}

Result<void> Fold::write_holds(const Store& store, MDB_txn* txn) const {
    const Databases& databases = store.databases();
    for (const auto& [id, hold] : holds_) {
        const std::uint64_t key = key_of(id);
        const auto done = hold
                              ? put(txn, databases.holds, bytes_of(key), bytes_of(to_row(*hold)), 0)
                              : remove(txn, databases.holds, bytes_of(key));
        if (!done) return fail(done.error(), "hold " + to_string(id));
    }
    for (const auto& [link, postings] : reversals_) {
        const ReversalKey key{.original = key_of(link.first), .reversal = key_of(link.second)};
        const ReversalRow row{.postings = postings};
        const auto done = put(txn, databases.reversals, bytes_of(key), bytes_of(row), 0);
        if (!done) return fail(done.error(), "reversal " + to_string(link.second));
    }
    return {};
}

// A reference that is there already was unique then: the first that had it keeps it.
Result<void> Fold::write_references(const Store& store, MDB_txn* txn) const {
    const Databases& databases = store.databases();
    for (const auto& [reference, id] : references_) {
        std::uint64_t bits = id.bits();
        MDB_val key{reference.size(), const_cast<char*>(reference.data())};
        MDB_val value{sizeof bits, &bits};
        const int code = mdb_put(txn, databases.references, &key, &value, MDB_NOOVERWRITE);
        if (code != MDB_SUCCESS && code != MDB_KEYEXIST) {
            return lmdb_error(code, "cannot put reference " + reference);
        }
    }
    return put(txn, databases.meta, as_bytes(kOutcomesKey), bytes_of(outcomes_), 0);
}

// In the order of the keys, so that a cursor mostly stays on its page.
Result<void> Fold::write_balances(const Store& store, MDB_txn* txn) {
    std::ranges::sort(images_, {}, &Image::account);
    const auto cursor = open_cursor(txn, store.databases().balances);
    if (!cursor) return std::unexpected{cursor.error()};
    for (const Image& image : images_) {
        std::uint64_t key = key_of(image.account);
        BalanceRow row = to_row(image.balance);
        MDB_val key_val{sizeof key, &key};
        MDB_val value{sizeof row, &row};
        const int code = mdb_cursor_put(cursor->get(), &key_val, &value, 0);
        if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put a balance");
    }
    return {};
}

}  // namespace daybook::projector
