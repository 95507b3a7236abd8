// Groups: accounts by fours. Beside their rows it is kept what the checks of those add up to: a
// row that is whole but of an earlier state, as a write that was lost leaves it, does not fit. Only
// for the .cc files of this folder.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "ledger/numbers.h"
#include "projector/lmdb_txn.h"
#include "projector/seals.h"
#include "projector/store.h"

namespace daybook::projector {

// On disk.
inline constexpr std::uint64_t kGroupAccounts = 4;
constexpr std::uint64_t group_of(AccountNumber number) {
    return (number.value() - 1) / kGroupAccounts;
}

// Group → the sums, modulo 2^32, of its rows' checks.
struct GroupRow {
    std::uint32_t accounts = 0;
    std::uint32_t balances = 0;
};
static_assert(sizeof(GroupRow) == 8);

// The row of `number` in a table whose rows are numbered from 1; nothing when there are not so
// many.
Result<std::optional<Bytes>> find_numbered(const Store& store, MDB_txn* txn, Table table,
                                           std::uint64_t number, Bytes key);

// Reads accounts and balances of one read txn, which outlives this.
class GroupReader {
public:
    GroupReader(const Store& store, MDB_txn* txn) : store_{store}, txn_{txn} {}

    // The row of an account in `accounts` or `balances`; nothing when there is no such number, for
    // certain. Valid as long as the txn.
    Result<std::optional<Bytes>> find(Table table, AccountNumber number);
    // Whether all rows of the group are those that were written last.
    Result<void> check(std::uint64_t group);

private:
    struct Summed {
        std::optional<Bytes> wanted;
        std::uint32_t checks = 0;
    };
    Result<MDB_cursor*> cursor_of(Table table);
    Result<Summed> sum(Table table, std::uint64_t group, AccountNumber wanted);
    Result<void> compare(Table table, std::uint64_t group, std::uint32_t checks);

    const Store& store_;
    MDB_txn* txn_;
    std::array<Cursor, kTables>
        cursors_;  // opening one for each row would cost as much as reading it
};

// What a commit changes of the groups.
class GroupChanges {
public:
    // A row's check was `before`, 0 if there was none.
    void add(Table table, AccountNumber number, std::uint32_t before, std::uint32_t now);
    // `accounts` are those there were before.
    Result<void> write(const Store& store, MDB_txn* txn, std::uint64_t accounts);

private:
    struct Change {
        std::uint64_t group;
        GroupRow more;  // modulo 2^32: may be less
    };
    std::vector<Change> changes_;
};

}  // namespace daybook::projector
