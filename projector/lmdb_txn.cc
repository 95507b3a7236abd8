#include "projector/lmdb_txn.h"

#include <cerrno>
#include <system_error>

#include <lmdb.h>

namespace daybook::projector {

namespace {

std::string remedy_of(int code) {
    if (journal::kind_of_lmdb(code) == ErrorCode::damaged) {
        return "; delete the projection, the projector builds it again";
    }
    if (code == EACCES) {
        return "; readers need the group of its files, with write access to lock.mdb";
    }
    return std::string{journal::remedy_of_lmdb(code)};
}

}  // namespace

std::unexpected<Error> lmdb_error(int code, const std::string& doing) {
    return fail(journal::kind_of_lmdb(code), doing + ": " + mdb_strerror(code) + remedy_of(code));
}

std::unexpected<Error> system_error(int code, const std::string& doing) {
    return fail(journal::kind_of_lmdb(code),
                doing + ": " + std::generic_category().message(code) + remedy_of(code));
}

Result<Txn> begin_txn(MDB_env* env, Access access) {
    Txn txn;
    const unsigned flags = access == Access::read_only ? MDB_RDONLY : 0U;
    const int code = journal::begin_code(env, flags, txn);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot start a transaction");
    return txn;
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
