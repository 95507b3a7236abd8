#include "journal/lmdb_txn.h"

#include <cerrno>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <lmdb.h>

namespace daybook::journal {

namespace {

// How far the data file is kept ahead: pages beside the values, and the step it grows by.
constexpr std::size_t kSlackBytes = std::size_t{1} << 20;
constexpr std::size_t kStepBytes = std::size_t{64} << 20;
// A disk with less than this free is full.
constexpr std::uint64_t kRoomMin = std::uint64_t{64} << 10;

std::string remedy_of(int code) {
    if (code == MDB_MAP_FULL) return "; the journal has reached 1 TiB, start a new one";
    return std::string{remedy_of_lmdb(code)};
}

}  // namespace

ErrorCode kind_of_lmdb(int code) {
    switch (code) {
        case MDB_INVALID:
        case MDB_CORRUPTED:
        case MDB_PAGE_NOTFOUND:
        case MDB_VERSION_MISMATCH:
        case MDB_INCOMPATIBLE:
        case MDB_NOTFOUND:
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

std::string_view remedy_of_lmdb(int code) {
    switch (code) {
        case ENOSPC:
        case EDQUOT:
            return "; free some space, then restart";
        case MDB_MAP_RESIZED:
            return "; another version made the map larger, use that one";
        case MDB_READERS_FULL:
            return "; too many readers, stop some";
        case EMFILE:
            return "; allow the process more open files (ulimit -n)";
        case ENOMEM:
            return "; allow the process 2 TiB of address space (ulimit -v)";
        default:
            return "";
    }
}

std::unexpected<Error> lmdb_error(int code, const std::string& doing) {
    return fail(kind_of_lmdb(code), doing + ": " + mdb_strerror(code) + remedy_of(code));
}

std::unexpected<Error> system_error(int code, const std::string& doing) {
    return fail(kind_of_lmdb(code),
                doing + ": " + std::generic_category().message(code) + remedy_of(code));
}

void TxnAborter::operator()(MDB_txn* txn) const {
    mdb_txn_abort(txn);
}
void CursorCloser::operator()(MDB_cursor* cursor) const {
    mdb_cursor_close(cursor);
}
void EnvCloser::operator()(MDB_env* env) const {
    mdb_env_close(env);
}

int begin_code(MDB_env* env, unsigned flags, Txn& txn) {
    MDB_txn* begun = nullptr;
    int code = mdb_txn_begin(env, nullptr, flags, &begun);
    if (code == MDB_READERS_FULL) {
        // Readers that were killed keep their slots until somebody looks.
        int freed = 0;
        mdb_reader_check(env, &freed);
        code = mdb_txn_begin(env, nullptr, flags, &begun);
    }
    if (code == MDB_SUCCESS) txn.reset(begun);
    return code;
}

Result<Txn> begin_txn(MDB_env* env, Access access) {
    Txn txn;
    const unsigned flags = access == Access::read_only ? MDB_RDONLY : 0U;
    const int code = begin_code(env, flags, txn);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot start a transaction");
    return txn;
}

Result<Cursor> open_cursor(MDB_txn* txn, unsigned dbi) {
    MDB_cursor* cursor = nullptr;
    const int code = mdb_cursor_open(txn, dbi, &cursor);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot open a cursor");
    return Cursor{cursor};
}

int commit_code(MDB_txn* txn) {
    MDB_env* const env = mdb_txn_env(txn);
    const int code = mdb_txn_commit(txn);
    int fd = -1;
    struct statvfs disk{};
    if (code != EIO || mdb_env_get_fd(env, &fd) != MDB_SUCCESS || fstatvfs(fd, &disk) != 0) {
        return code;
    }
    return std::uint64_t{disk.f_bavail} * disk.f_frsize < kRoomMin ? ENOSPC : EIO;
}

Result<void> commit(Txn txn, const std::string& doing) {
    const int code = commit_code(txn.release());
    if (code != MDB_SUCCESS) return lmdb_error(code, doing);
    return {};
}

Result<void> keep_file_ahead(MDB_env* env, std::size_t bytes) {
    int fd = -1;
    MDB_envinfo info{};
    MDB_stat pages{};
    mdb_env_get_fd(env, &fd);
    mdb_env_info(env, &info);
    mdb_env_stat(env, &pages);
    struct stat file{};
    if (fstat(fd, &file) != 0) return system_error(errno, "cannot stat the data file");
    const std::size_t needed = ((info.me_last_pgno + 1) * pages.ms_psize) + bytes + kSlackBytes;
    if (std::cmp_greater_equal(file.st_size, needed)) return {};
    // Sparse: takes no space.
    const std::size_t length = (needed + kStepBytes - 1) / kStepBytes * kStepBytes;
    if (ftruncate(fd, static_cast<off_t>(length)) != 0) {
        return system_error(errno, "cannot extend the data file");
    }
    return {};
}

}  // namespace daybook::journal
