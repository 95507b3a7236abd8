#include "projector/lmdb_txn.h"

#include <cerrno>
#include <system_error>

#include <lmdb.h>

#include "journal/lmdb_txn.h"

namespace daybook::projector {

namespace {

ErrorCode kind_of(int code) {
    switch (code) {
        case MDB_INVALID:
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND:
        case MDB_VERSION_MISMATCH:
        case MDB_INCOMPATIBLE:
        case MDB_KEYEXIST:
            return ErrorCode::damaged;
        case MDB_READERS_FULL:
        case EAGAIN:
            return ErrorCode::try_again;
        case MDB_MAP_RESIZED:
        case ENOMEM:
            return ErrorCode::configuration;
        case EACCES:
        case EPERM:
        case EROFS:
            return ErrorCode::no_permission;
        case ENOENT:
            return ErrorCode::not_found;
        default:
            return ErrorCode::io_failed;
    }
}

const char* remedy_of(int code) {
    switch (code) {
        case ENOSPC:
        case EDQUOT:
            return "; free some space, then restart";
        case MDB_INVALID:
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND:
        case MDB_VERSION_MISMATCH:
        case MDB_INCOMPATIBLE:
        case MDB_KEYEXIST:
            return "; delete the projection, the projector builds it again";
        case MDB_MAP_RESIZED:
            return "; another version made the map larger, use that one";
        case MDB_READERS_FULL:
            return "; too many readers, stop some";
        case ENOMEM:
            return "; allow the process 2 TiB of address space (ulimit -v)";
        case EACCES:
            return "; readers need the group of its files, with write access to lock.mdb";
        default:
            return "";
    }
}

}  // namespace

std::unexpected<Error> lmdb_error(int code, const std::string& doing) {
    return fail(kind_of(code), doing + ": " + mdb_strerror(code) + remedy_of(code));
}

std::unexpected<Error> system_error(int code, const std::string& doing) {
    return fail(kind_of(code),
                doing + ": " + std::generic_category().message(code) + remedy_of(code));
}

void TxnAborter::operator()(MDB_txn* txn) const {
    mdb_txn_abort(txn);
}
void CursorCloser::operator()(MDB_cursor* cursor) const {
    mdb_cursor_close(cursor);
}

Result<Txn> begin_txn(MDB_env* env, Access access) {
    const unsigned flags = access == Access::read_only ? MDB_RDONLY : 0U;
    MDB_txn* txn = nullptr;
    int code = mdb_txn_begin(env, nullptr, flags, &txn);
    if (code == MDB_READERS_FULL) {
        // Readers that were killed keep their slots until somebody looks.
        int freed = 0;
        mdb_reader_check(env, &freed);
        code = mdb_txn_begin(env, nullptr, flags, &txn);
    }
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot start a transaction");
    return Txn{txn};
}

Result<void> commit(Txn txn) {
    const int code = journal::commit_code(txn.release());
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot commit");
    return {};
}

Result<Cursor> open_cursor(MDB_txn* txn, unsigned dbi) {
    MDB_cursor* cursor = nullptr;
    const int code = mdb_cursor_open(txn, dbi, &cursor);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot open a cursor");
    return Cursor{cursor};
}

Result<std::optional<Bytes>> get(MDB_txn* txn, unsigned dbi, Bytes key) {
    MDB_val key_val{key.size(), const_cast<std::byte*>(key.data())};
    MDB_val value{};
    const int code = mdb_get(txn, dbi, &key_val, &value);
    if (code == MDB_NOTFOUND) return std::optional<Bytes>{};
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read");
    return std::optional{Bytes{static_cast<const std::byte*>(value.mv_data), value.mv_size}};
}

}  // namespace daybook::projector
