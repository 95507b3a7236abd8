// Linked tables: each row says which comes next, so a reader is certain that what it does not find
// is not there, and that it walks past no row: codes, holds, reversals, terms, references.
// Only for the .cc files of this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "projector/lmdb_txn.h"
#include "projector/seals.h"
#include "projector/store.h"

namespace daybook::projector {

// Valid as long as the txn.
struct LinkedRow {
    Bytes key;
    Bytes value;  // without its end
};

// Reads in the order of the keys. Every call may fail with `damaged`.
class LinkedWalk {
public:
    static Result<LinkedWalk> open(const Store& store, MDB_txn* txn, Table table);

    // The first row at or behind `key` (empty: the very first); nothing behind the last.
    Result<std::optional<LinkedRow>> seek(Bytes key);
    Result<std::optional<LinkedRow>> next();

private:
    LinkedWalk(const Store& store, Table table, const TableSize& size, Cursor cursor)
        : store_{&store}, table_{table}, size_{size}, cursor_{std::move(cursor)} {}
    Result<std::optional<LinkedRow>> take(int code, Bytes key, Bytes stored);
    bool has_seen_all() const;

    const Store* store_;
    Table table_;
    TableSize size_;
    Cursor cursor_;
    Bytes last_;              // the key before; empty at the first
    std::uint32_t link_ = 0;  // to the row that must come
    bool is_whole_ = false;   // it began with the first
    std::uint64_t rows_ = 0;
    std::uint32_t checks_ = 0;
};

// The value of `key`; nothing when there is none, for certain.
Result<std::optional<Bytes>> find_linked(const Store& store, MDB_txn* txn, Table table, Bytes key);

// Writes, in a read-write txn. `size` is kept up to date.
class LinkedTable {
public:
    enum class IfThere { replace, keep, refuse };

    LinkedTable(const Store& store, MDB_txn* txn, Table table, TableSizes& sizes)
        : store_{store}, txn_{txn}, table_{table}, size_{sizes[static_cast<std::size_t>(table)]} {}

    Result<void> put(Bytes key, Bytes value, IfThere if_there);
    // Fine when there is none.
    Result<void> remove(Bytes key);

private:
    Result<void> insert(MDB_cursor* cursor, Bytes key, Bytes value, std::uint32_t next, int move);
    // The row before that of `key`, where `move` (an MDB_cursor_op) takes the cursor, led to
    // `before` and leads to `after`.
    Result<void> lead(MDB_cursor* cursor, int move, Bytes key, std::uint32_t before,
                      std::uint32_t after);

    const Store& store_;
    MDB_txn* txn_;
    Table table_;
    TableSize& size_;
};

}  // namespace daybook::projector
