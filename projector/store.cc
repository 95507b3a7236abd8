#include "projector/store.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <lmdb.h>

#include "base/check.h"
#include "journal/damaged_pages.h"
#include "journal/directory.h"
#include "journal/meta_pages.h"
#include "projector/layout.h"
#include "projector/open_stores.h"
#include "projector/rows.h"

namespace daybook::projector {

namespace {

namespace fs = std::filesystem;

// A power loss may take the last commit back, never damage what is there: the pages are synced
// before the meta page that names them is written. What is lost is folded from the journal again.
// It halves the syncs, which the journal needs more.
constexpr unsigned kWriterFlags = MDB_NOMETASYNC;
// Each of these would trade the file's integrity away.
constexpr unsigned kFlagsNever =
    MDB_WRITEMAP | MDB_NOSYNC | MDB_MAPASYNC | MDB_NOLOCK | MDB_NOMEMINIT;

constexpr mode_t kDataMode = 0640;
constexpr mode_t kLockMode = 0660;  // LMDB's readers write it

constexpr std::array kDatabases{std::pair{kMetaName, &Databases::meta},
                                std::pair{kAssetsName, &Databases::assets},
                                std::pair{kAccountsName, &Databases::accounts},
                                std::pair{kCodesName, &Databases::codes},
                                std::pair{kBalancesName, &Databases::balances},
                                std::pair{kHoldsName, &Databases::holds},
                                std::pair{kReversalsName, &Databases::reversals},
                                std::pair{kTermsName, &Databases::terms},
                                std::pair{kReferencesName, &Databases::references},
                                std::pair{kGroupsName, &Databases::groups}};

// Looks without opening: closing lock.mdb would drop LMDB's locks.
std::optional<FileIds> files_of(const fs::path& directory) {
    struct stat data{};
    struct stat lock{};
    if (stat((directory / kDataFile).c_str(), &data) != 0 ||
        stat((directory / kLmdbLockFile).c_str(), &lock) != 0) {
        return std::nullopt;
    }
    return FileIds{.device = data.st_dev, .data = data.st_ino, .lock = lock.st_ino};
}

// Before anything is mapped: LMDB itself would end in SIGBUS on a truncated file.
Result<void> check_data_file(const fs::path& directory) {
    const int fd = ::open((directory / kDataFile).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return system_error(errno, "cannot open the data file");
    const auto meta = journal::newest_meta_page(fd);
    const bool is_sound = meta && journal::check_length(fd, *meta);
    close(fd);
    if (is_sound) return {};
    return fail(
        ErrorCode::damaged,
        "its data file is truncated or not LMDB's; the projector rebuilds it when it starts");
}

}  // namespace

Store::Store(fs::path directory, Access access)
    : directory_{std::move(directory)}, access_{access} {}

Store::~Store() {
    if (!is_listed_) {
        // Its opener has the list's mutex.
        if (env_ != nullptr) mdb_env_close(env_);
        return;
    }
    OpenStores& open_stores = OpenStores::of_process();
    {
        const std::scoped_lock guard{open_stores.mutex};
        mdb_env_close(env_);
        open_stores.stores.erase(files_);
    }
    open_stores.closed.notify_all();
}

bool Store::exists(const fs::path& directory) {
    std::error_code error;
    return fs::exists(directory / kDataFile, error);
}

Result<void> Store::remove(const fs::path& directory) {
    // The data first: without it nobody can open the rest.
    for (const char* file : {kDataFile, kLmdbLockFile}) {
        const auto path = directory / file;
        if (unlink(path.c_str()) != 0 && errno != ENOENT) {
            return system_error(errno, "cannot remove " + path.string());
        }
    }
    return journal::sync_directory(directory);
}

Result<std::shared_ptr<Store>> Store::create(const fs::path& directory, const Watermark& start) {
    const std::string doing = "cannot make projection " + directory.string();
    const std::scoped_lock guard{OpenStores::of_process().mutex};
    std::shared_ptr<Store> made{new Store{directory, Access::read_write}};
    if (auto done = made->open_lmdb(); !done) return fail(done.error(), doing);
    // The umask may have taken some, and LMDB gives both files one mode.
    if (chmod((directory / kDataFile).c_str(), kDataMode) != 0 ||
        chmod((directory / kLmdbLockFile).c_str(), kLockMode) != 0) {
        return system_error(errno, doing);
    }
    if (auto done = made->make_databases(start); !done) return fail(done.error(), doing);
    if (auto done = journal::sync_directory(directory); !done) return fail(done.error(), doing);
    const auto files = files_of(directory);
    if (!files) return fail(ErrorCode::io_failed, doing + ": its files are gone");
    made->files_ = *files;
    made->add_to_open_stores(made);
    return made;
}

Result<std::shared_ptr<Store>> Store::open(const fs::path& directory, Access access) {
    const std::string doing = "projection " + directory.string();
    OpenStores& open_stores = OpenStores::of_process();
    std::unique_lock guard{open_stores.mutex};
    const auto files = files_of(directory);
    if (!files) {
        if (errno != EACCES) {
            return fail(ErrorCode::not_found, doing + " is not there; start the projector");
        }
        return fail(ErrorCode::no_permission,
                    doing +
                        ": permission denied; run as the user that `daybook serve` runs as, or "
                        "let this one read it (projector/FORMAT.md)");
    }
    if (auto shared = open_stores.find(guard, *files)) {
        guard.unlock();  // it may be the last to let go of it
        if (access == Access::read_only || shared->access_ == Access::read_write) return shared;
        return fail(ErrorCode::usage,
                    doing + " is open for reading here; open the projector before its readers");
    }
    if (auto sound = check_data_file(directory); !sound) return fail(sound.error(), doing);
    std::shared_ptr<Store> opened{new Store{directory, access}};
    if (auto done = opened->open_lmdb(); !done) return fail(done.error(), doing);
    // LMDB opens the lock file first, then the data: they must be of one projection.
    if (files_of(directory) != files) {
        return fail(ErrorCode::try_again, doing + " is being rebuilt; try again");
    }
    opened->files_ = *files;
    if (auto done = opened->find_databases(); !done) return fail(done.error(), doing);
    opened->add_to_open_stores(opened);
    return opened;
}

void Store::add_to_open_stores(const std::shared_ptr<Store>& self) {
    is_listed_ = true;
    OpenStores::of_process().stores[files_] = self;
}

Result<void> Store::open_lmdb() {
    if (const int code = mdb_env_create(&env_); code != MDB_SUCCESS) {
        env_ = nullptr;
        return lmdb_error(code, "cannot make an environment");
    }
    journal::end_on_damaged_pages(
        env_,
        "daybook: the projection's pages do not hang together; delete it, the "
        "projector builds it again\n");
    mdb_env_set_mapsize(env_, kMapBytes);
    mdb_env_set_maxdbs(env_, kDatabasesMax);
    mdb_env_set_maxreaders(env_, kReadersMax);
    const unsigned flags = MDB_NOTLS | (access_ == Access::read_only ? MDB_RDONLY : kWriterFlags);
    const int code = mdb_env_open(env_, directory_.c_str(), flags, kDataMode);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot open the environment");

    unsigned actual_flags = 0;
    mdb_env_get_flags(env_, &actual_flags);
    CHECK_INVARIANT((actual_flags & kFlagsNever) == 0, "a projection is never torn");
    int fd = -1;
    mdb_env_get_fd(env_, &fd);
    // LMDB leaves its descriptor open across exec.
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return system_error(errno, "cannot set close-on-exec");
    return clear_dead_readers();
}

Result<void> Store::make_databases(const Watermark& start) {
    auto txn = begin(Access::read_write);
    if (!txn) return std::unexpected{txn.error()};
    if (const int code = journal::compare_names_here(txn->get()); code != MDB_SUCCESS) {
        return lmdb_error(code, "cannot make the databases");
    }
    for (const auto& [name, member] : kDatabases) {
        MDB_dbi& database = databases_.*member;
        int code = mdb_dbi_open(txn->get(), name, MDB_CREATE, &database);
        if (code == MDB_SUCCESS) code = journal::compare_keys_here(txn->get(), database);
        if (code != MDB_SUCCESS) return lmdb_error(code, std::string{"cannot make "} + name);
    }
    seals_ = Seals{start.book};
    if (auto put = put_watermark(txn->get(), start); !put) return put;
    if (auto put = put_sizes(txn->get(), {}); !put) return put;
    if (auto put = put_outcomes(txn->get(), {}); !put) return put;
    if (auto kept = keep_file_ahead(kDatabases.size()); !kept) return kept;
    return commit(std::move(*txn));
}

Result<void> Store::find_databases() {
    auto txn = begin(Access::read_only);
    if (!txn) return std::unexpected{txn.error()};
    if (const int code = journal::compare_names_here(txn->get()); code != MDB_SUCCESS) {
        return lmdb_error(code, "cannot open the databases");
    }
    for (const auto& [name, member] : kDatabases) {
        MDB_dbi& database = databases_.*member;
        int code = mdb_dbi_open(txn->get(), name, 0, &database);
        if (code == MDB_SUCCESS) code = journal::compare_keys_here(txn->get(), database);
        // Databases and watermark come in one commit: without any, it is not made yet.
        if (code == MDB_NOTFOUND && member == &Databases::meta) {
            return fail(ErrorCode::not_found, "it is empty; try again");
        }
        if (code == MDB_NOTFOUND) {
            return fail(ErrorCode::damaged, std::string{"it has no database "} + name +
                                                "; delete it, the projector builds it again");
        }
        if (code != MDB_SUCCESS) return lmdb_error(code, std::string{"cannot open "} + name);
        // The first is `meta`: another format, which may have other databases, is told by its name.
        if (member != &Databases::meta) continue;
        const auto read = watermark(txn->get());
        if (!read) return std::unexpected{read.error()};
        seals_ = Seals{read->book};
    }
    // Handles opened in a txn last only if it commits, although it wrote nothing.
    return commit(std::move(*txn));
}

bool Store::is_current() const {
    return files_of(directory_) == files_;
}

Result<void> Store::keep_file_ahead(std::size_t rows) const {
    // A row changes a page, may split it, and changes the pages above; the list of free pages is
    // copied too.
    constexpr std::size_t kPagesARow = 3;
    constexpr std::size_t kPagesMore = 1024;
    constexpr std::size_t kStepBytes = std::size_t{16} << 20;
    int fd = -1;
    MDB_envinfo info{};
    MDB_stat pages{};
    mdb_env_get_fd(env_, &fd);
    mdb_env_info(env_, &info);
    mdb_env_stat(env_, &pages);
    struct stat file{};
    if (fstat(fd, &file) != 0) return system_error(errno, "cannot stat the data file");
    const std::size_t needed =
        (info.me_last_pgno + (rows * kPagesARow) + kPagesMore) * pages.ms_psize;
    if (std::cmp_greater_equal(file.st_size, needed)) return {};
    // Sparse: takes no space.
    const std::size_t length = (needed + kStepBytes - 1) / kStepBytes * kStepBytes;
    if (ftruncate(fd, static_cast<off_t>(length)) != 0) {
        return system_error(errno, "cannot extend the data file");
    }
    return {};
}

Result<void> Store::clear_dead_readers() const {
    int freed = 0;
    const int code = mdb_reader_check(env_, &freed);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot clear dead readers");
    return {};
}

}  // namespace daybook::projector
