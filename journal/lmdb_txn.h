// Txn: an LMDB transaction that is aborted unless committed; and LMDB's error codes as ours.
// Only for the .cc files of this folder; the projection, which is LMDB's too, says what its errors
// mean in projector/lmdb_txn.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journal/environment.h"

struct MDB_txn;
struct MDB_cursor;

namespace daybook::journal {

// `code` is LMDB's or errno's, here and below.
ErrorCode kind_of_lmdb(int code);
// The remedy where the machine, its limits or other processes are the cause; nothing otherwise.
std::string_view remedy_of_lmdb(int code);
std::unexpected<Error> lmdb_error(int code, const std::string& doing);
std::unexpected<Error> system_error(int code, const std::string& doing);

struct TxnAborter {
    void operator()(MDB_txn* txn) const;
};
struct CursorCloser {
    void operator()(MDB_cursor* cursor) const;
};
struct EnvCloser {
    void operator()(MDB_env* env) const;
};
// A cursor of a txn that only reads must be closed before it ends: declare it after.
using Txn = std::unique_ptr<MDB_txn, TxnAborter>;
using Cursor = std::unique_ptr<MDB_cursor, CursorCloser>;
using Env = std::unique_ptr<MDB_env, EnvCloser>;

// `flags` are LMDB's, and so is the code.
int begin_code(MDB_env* env, unsigned flags, Txn& txn);
Result<Txn> begin_txn(MDB_env* env, Access access);
Result<Cursor> open_cursor(MDB_txn* txn, unsigned dbi);
// Ends `txn`, and returns LMDB's code. LMDB calls a write that was cut short an I/O error; where
// its disk has no room left this is ENOSPC.
int commit_code(MDB_txn* txn);
// Ends `txn`. An error leaves it unknown what is durable.
Result<void> commit(Txn txn, const std::string& doing);

// Call before committing `bytes` of values: keeps the data file longer than its last page. LMDB may
// allocate a last page and never write it, which would look like a truncated file when opened.
Result<void> keep_file_ahead(MDB_env* env, std::size_t bytes);

// Keys are big-endian, so that their order is that of the numbers.
constexpr std::uint64_t key_bytes(std::uint64_t number) {
    return __builtin_bswap64(number);
}

}  // namespace daybook::journal
