// Txn: an LMDB transaction of the projection, aborted unless committed; and LMDB's errors as ours.
// Only for the .cc files of this folder.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

namespace daybook::projector {

enum class Access { read_only, read_write };

// `code` is LMDB's or errno's.
std::unexpected<Error> lmdb_error(int code, const std::string& doing);
std::unexpected<Error> system_error(int code, const std::string& doing);

struct TxnAborter {
    void operator()(MDB_txn* txn) const;
};
struct CursorCloser {
    void operator()(MDB_cursor* cursor) const;
};
// A cursor must be closed before its txn ends: declare it after.
using Txn = std::unique_ptr<MDB_txn, TxnAborter>;
using Cursor = std::unique_ptr<MDB_cursor, CursorCloser>;

Result<Txn> begin_txn(MDB_env* env, Access access);
Result<void> commit(Txn txn);
Result<Cursor> open_cursor(MDB_txn* txn, unsigned dbi);

// The value, valid as long as the txn; nothing when there is no such key.
Result<std::optional<Bytes>> get(MDB_txn* txn, unsigned dbi, Bytes key);

// The object representation of a plain value, as a key or value of LMDB.
template <typename T>
Bytes bytes_of(const T& value) {
    return std::as_bytes(std::span{&value, 1});
}

}  // namespace daybook::projector
