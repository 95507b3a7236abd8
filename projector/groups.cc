#include "projector/groups.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <lmdb.h>

#include "projector/keys.h"

namespace daybook::projector {

namespace {

Bytes bytes_from(const MDB_val& value) {
    return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

std::uint64_t group_key(std::uint64_t group) {
    return __builtin_bswap64(group);
}

std::unexpected<Error> out_of_date(Table table, std::uint64_t group) {
    return fail(ErrorCode::damaged,
                std::string{"the projection's "} + name_of(table) + " of accounts " +
                    std::to_string((group * kGroupAccounts) + 1) + " to " +
                    std::to_string((group + 1) * kGroupAccounts) +
                    ": the rows are not those that were written last; delete the projection, the "
                    "projector builds it again");
}

// Of the row with this key, as it was written.
Result<GroupRow> group_from(const Store& store, std::uint64_t key, Bytes stored) {
    const auto opened = store.seals().open(Table::groups, bytes_of(key), stored);
    if (!opened) return std::unexpected{opened.error()};
    GroupRow row;
    if (opened->value.size() != sizeof row) return damaged_row(Table::groups);
    std::memcpy(&row, opened->value.data(), sizeof row);
    return row;
}

// What is said of a number that has no row.
Result<std::optional<Bytes>> none_or_lost(const Store& store, MDB_txn* txn, Table table,
                                          std::uint64_t number) {
    const auto sizes = store.sizes(txn);
    if (!sizes) return std::unexpected{sizes.error()};
    const bool is_one = number >= 1 && number <= (*sizes)[static_cast<std::size_t>(table)].rows;
    if (is_one) return damaged_row(table);
    return std::optional<Bytes>{};
}

}  // namespace

Result<std::optional<Bytes>> find_numbered(const Store& store, MDB_txn* txn, Table table,
                                           std::uint64_t number, Bytes key) {
    const auto stored = get(txn, store.databases().of(table), key);
    if (!stored) return std::unexpected{stored.error()};
    const std::optional<Bytes>& bytes = *stored;
    if (!bytes) return none_or_lost(store, txn, table, number);
    const auto opened = store.seals().open(table, key, *bytes);
    if (!opened) return std::unexpected{opened.error()};
    return std::optional{opened->value};
}

Result<MDB_cursor*> GroupReader::cursor_of(Table table) {
    Cursor& cursor = cursors_[static_cast<std::size_t>(table)];
    if (!cursor) {
        auto opened = open_cursor(txn_, store_.databases().of(table));
        if (!opened) return std::unexpected{opened.error()};
        cursor = *std::move(opened);
    }
    return cursor.get();
}

// Adds up the checks of a group's rows, whatever else they hold.
Result<GroupReader::Summed> GroupReader::sum(Table table, std::uint64_t group,
                                             AccountNumber wanted) {
    const auto cursor = cursor_of(table);
    if (!cursor) return std::unexpected{cursor.error()};
    const std::uint64_t first = (group * kGroupAccounts) + 1;
    Summed summed;
    std::uint64_t first_key = key_of(AccountNumber{first});
    MDB_val key{sizeof first_key, &first_key};
    MDB_val row{};
    MDB_cursor_op move = MDB_SET_RANGE;
    for (std::uint64_t number = first; number < first + kGroupAccounts; ++number) {
        const int code = mdb_cursor_get(*cursor, &key, &row, move);
        if (code == MDB_NOTFOUND) break;
        if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read");
        std::uint64_t found = 0;
        if (key.mv_size != sizeof found) return damaged_row(table);
        std::memcpy(&found, key.mv_data, sizeof found);
        if (found != key_of(AccountNumber{number})) break;  // the last, or they do not add up
        summed.checks += stated_check(bytes_from(row));
        if (number == wanted.value()) summed.wanted = bytes_from(row);
        move = MDB_NEXT;
    }
    return summed;
}

Result<void> GroupReader::compare(Table table, std::uint64_t group, std::uint32_t checks) {
    const auto cursor = cursor_of(Table::groups);
    if (!cursor) return std::unexpected{cursor.error()};
    std::uint64_t key = group_key(group);
    MDB_val key_val{sizeof key, &key};
    MDB_val stored{};
    const int code = mdb_cursor_get(*cursor, &key_val, &stored, MDB_SET);
    if (code == MDB_NOTFOUND) return out_of_date(Table::groups, group);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read");
    const auto row = group_from(store_, key, bytes_from(stored));
    if (!row) return std::unexpected{row.error()};
    if (checks != (table == Table::balances ? row->balances : row->accounts)) {
        return out_of_date(table, group);
    }
    return {};
}

Result<std::optional<Bytes>> GroupReader::find(Table table, AccountNumber number) {
    if (number.is_none()) return std::optional<Bytes>{};
    const std::uint64_t group = group_of(number);
    const auto summed = sum(table, group, number);
    if (!summed) return std::unexpected{summed.error()};
    const std::optional<Bytes>& stored = summed->wanted;
    if (!stored) return none_or_lost(store_, txn_, table, number.value());
    const std::uint64_t key = key_of(number);
    const auto opened = store_.seals().open(table, bytes_of(key), *stored);
    if (!opened) return std::unexpected{opened.error()};
    if (auto same = compare(table, group, summed->checks); !same) {
        return std::unexpected{same.error()};
    }
    return std::optional{opened->value};
}

Result<void> GroupReader::check(std::uint64_t group) {
    for (const Table table : {Table::accounts, Table::balances}) {
        const auto summed = sum(table, group, {});
        if (!summed) return std::unexpected{summed.error()};
        if (auto same = compare(table, group, summed->checks); !same) return same;
    }
    return {};
}

void GroupChanges::add(Table table, AccountNumber number, std::uint32_t before, std::uint32_t now) {
    const std::uint64_t group = group_of(number);
    if (changes_.empty() || changes_.back().group != group) changes_.push_back({group, {}});
    GroupRow& more = changes_.back().more;
    (table == Table::balances ? more.balances : more.accounts) += now - before;
}

Result<void> GroupChanges::write(const Store& store, MDB_txn* txn, std::uint64_t accounts) {
    std::ranges::sort(changes_, {}, &Change::group);
    const auto cursor = open_cursor(txn, store.databases().groups);
    if (!cursor) return std::unexpected{cursor.error()};
    for (auto change = changes_.begin(); change != changes_.end();) {
        const std::uint64_t group = change->group;
        std::uint64_t key = group_key(group);
        GroupRow row;
        MDB_val key_val{sizeof key, &key};
        MDB_val stored{};
        int code = mdb_cursor_get(cursor->get(), &key_val, &stored, MDB_SET);
        if (code == MDB_SUCCESS) {
            const auto old = group_from(store, key, bytes_from(stored));
            if (!old) return std::unexpected{old.error()};
            row = *old;
        } else if (code != MDB_NOTFOUND) {
            return lmdb_error(code, "cannot read");
        } else if (group * kGroupAccounts < accounts) {
            return out_of_date(Table::groups, group);
        }
        for (; change != changes_.end() && change->group == group; ++change) {
            row.accounts += change->more.accounts;
            row.balances += change->more.balances;
        }
        const SealedRow sealed{store.seals(), Table::groups, bytes_of(key), bytes_of(row)};
        MDB_val value{sealed.bytes().size(), const_cast<std::byte*>(sealed.bytes().data())};
        code = mdb_cursor_put(cursor->get(), &key_val, &value, 0);
        if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put a group");
    }
    changes_.clear();
    return {};
}

}  // namespace daybook::projector
