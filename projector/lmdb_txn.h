// LMDB's transactions of the projection, and its errors with the remedies that a projection has.
// Only for the .cc files of this folder.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "journal/lmdb_txn.h"

namespace daybook::projector {

enum class Access { read_only, read_write };

using journal::Cursor;
using journal::Txn;

// `code` is LMDB's or errno's.
std::unexpected<Error> lmdb_error(int code, const std::string& doing);
std::unexpected<Error> system_error(int code, const std::string& doing);

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
