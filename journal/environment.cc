#include "journal/environment.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <lmdb.h>

#include "base/check.h"
#include "journal/archive.h"
#include "journal/archived_part.h"
#include "journal/block.h"
#include "journal/damaged_pages.h"
#include "journal/directory.h"
#include "journal/format.h"
#include "journal/lmdb_txn.h"
#include "journal/meta_pages.h"
#include "journal/open_mark.h"
#include "journal/writer_lock.h"

namespace daybook::journal {

namespace {

class FileDescriptor {
public:
    explicit FileDescriptor(int fd) : fd_{fd} {}
    ~FileDescriptor() {
        if (fd_ >= 0) close(fd_);
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    FileDescriptor(FileDescriptor&&) = delete;
    FileDescriptor& operator=(FileDescriptor&&) = delete;

    int get() const { return fd_; }

private:
    int fd_;
};

// Each of these would trade durability or safety away.
constexpr unsigned kFlagsNever =
    MDB_WRITEMAP | MDB_NOSYNC | MDB_NOMETASYNC | MDB_MAPASYNC | MDB_NOLOCK | MDB_NOMEMINIT;

Result<void> check_data_file(int fd) {
    const auto meta = newest_meta_page(fd);
    if (!meta) return std::unexpected{meta.error()};
    return check_length(fd, *meta);
}

// That the archive holds the blocks before `next`, which continues the last of them.
Result<void> check_joins(const Archive& archive, std::uint64_t blocks, const BlockInfo& next,
                         const std::filesystem::path& journal) {
    const auto directory = archive_directory(journal).string();
    if (archive.last_block() < blocks) {
        return fail(ErrorCode::damaged,
                    "journal " + journal.string() + " begins with seq " +
                        std::to_string(next.first_seq.value()) + ", and " + directory +
                        " holds the records before it only to seq " +
                        std::to_string(archive.last_seq().value()) +
                        "; put the segments that are missing back from a backup of the data "
                        "directory");
    }
    const auto last = archive.block_numbered(blocks);
    if (!last) return std::unexpected{last.error()};
    const bool joins = next.number == blocks + 1 && next.previous == last->info().hash &&
                       next.first_seq == last->info().last_seq().next();
    if (joins) return {};
    return fail(ErrorCode::damaged, "journal " + journal.string() + ", from seq " +
                                        std::to_string(next.first_seq.value()) +
                                        " on, does not continue what is in " + directory +
                                        "; put back both from one backup");
}

}  // namespace

Environment::Environment() = default;

Environment::~Environment() {
    // Before `lock_` and `mark_` let the next one in.
    if (env_ != nullptr) mdb_env_close(env_);
}

bool Environment::exists(const std::filesystem::path& directory) {
    std::error_code error;
    return std::filesystem::exists(directory / kDataFile, error);
}

Result<std::shared_ptr<Environment>> Environment::open(const std::filesystem::path& directory,
                                                       Access access) {
    const std::string doing = "journal " + directory.string();
    if (auto checked = check_directory(directory); !checked) {
        return std::unexpected{checked.error()};
    }
    const FileDescriptor data{::open((directory / kDataFile).c_str(), O_RDONLY | O_CLOEXEC)};
    if (data.get() < 0) {
        if (errno != ENOENT) return system_error(errno, doing);
        return fail(ErrorCode::not_found,
                    directory.string() + " holds no journal; create one first");
    }
    std::shared_ptr<Environment> opened{new Environment};
    opened->directory_ = directory;
    opened->access_ = access;
    opened->mark_ = std::make_unique<OpenMark>(data.get());
    if (access == Access::read_write) {
        auto lock = WriterLock::acquire(directory);
        if (!lock) return std::unexpected{lock.error()};
        opened->lock_ = std::move(*lock);
    }
    if (auto sound = check_data_file(data.get()); !sound) return fail(sound.error(), doing);
    if (auto done = opened->open_lmdb(); !done) return fail(done.error(), doing);
    if (auto done = opened->open_databases(); !done) return fail(done.error(), doing);
    return opened;
}

Result<void> Environment::open_lmdb() {
    if (const int code = mdb_env_create(&env_); code != MDB_SUCCESS) {
        env_ = nullptr;
        return lmdb_error(code, "cannot make an environment");
    }
    end_on_damaged_pages(
        env_, "daybook: the journal's pages do not hang together; restore from a backup\n");
    mdb_env_set_mapsize(env_, kMapBytes);
    mdb_env_set_maxdbs(env_, kDatabasesMax);
    mdb_env_set_maxreaders(env_, kReadersMax);
    const unsigned flags = MDB_NOTLS | (access_ == Access::read_only ? MDB_RDONLY : 0U);
    int code = mdb_env_open(env_, directory_.c_str(), flags, 0600);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot open the environment");

    unsigned actual_flags = 0;
    mdb_env_get_flags(env_, &actual_flags);
    CHECK_INVARIANT((actual_flags & kFlagsNever) == 0, "the journal is always fully synchronous");
    MDB_envinfo info{};
    mdb_env_info(env_, &info);
    if (info.me_mapsize != kMapBytes) {
        return fail(ErrorCode::damaged, "it has grown past 1 TiB; use the version that wrote it");
    }
    int fd = -1;
    mdb_env_get_fd(env_, &fd);
    // LMDB leaves its read-write descriptor open across exec.
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) return system_error(errno, "cannot set close-on-exec");
    int freed = 0;
    code = mdb_reader_check(env_, &freed);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot clear dead readers");
    return {};
}

Result<void> Environment::open_databases() {
    auto txn = begin_txn(env_, Access::read_only);
    if (!txn) return std::unexpected{txn.error()};
    if (const int code = compare_names_here(txn->get()); code != MDB_SUCCESS) {
        return lmdb_error(code, "cannot open the databases");
    }
    for (const auto& [name, dbi] : {std::pair{kBlocksName, &blocks_}, {kEpochsName, &epochs_}}) {
        unsigned flags = 0;
        int code = mdb_dbi_open(txn->get(), name, 0, dbi);
        if (code == MDB_SUCCESS) code = compare_keys_here(txn->get(), *dbi);
        if (code == MDB_SUCCESS) code = mdb_dbi_flags(txn->get(), *dbi, &flags);
        if (code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE || flags != 0) {
            return fail(ErrorCode::damaged,
                        std::string{"another program's LMDB file, without our "} + name +
                            "; name a journal's directory");
        }
        if (code != MDB_SUCCESS) return lmdb_error(code, std::string{"cannot open "} + name);
    }
    if (auto read = read_genesis(txn->get()); !read) return read;
    // Handles opened in a txn last only if it commits, although it wrote nothing.
    return commit(std::move(*txn), "cannot keep the databases open");
}

Result<void> Environment::read_genesis(MDB_txn* txn) {
    std::uint64_t key = key_bytes(0);
    MDB_val key_val{sizeof key, &key};
    MDB_val value{};
    const int code = mdb_get(txn, blocks_, &key_val, &value);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read the genesis block");
    const auto genesis =
        BlockView::parse(Bytes{static_cast<const std::byte*>(value.mv_data), value.mv_size});
    if (!genesis) return fail(genesis.error(), "genesis block");
    if (genesis->info().number != 0) {
        return fail(ErrorCode::damaged, "the first block is not a genesis block");
    }
    book_ = genesis->info().book;
    origin_ = genesis->origin();
    return {};
}

Result<std::shared_ptr<const ArchivedPart>> Environment::archived(std::uint64_t blocks,
                                                                  const BlockInfo& next) const {
    const std::scoped_lock lock{archive_mutex_};
    if (archived_ && archived_->blocks == blocks) return archived_;
    auto part = std::make_shared<ArchivedPart>();
    if (archived_) part->archive = archived_->archive;
    if (!part->archive || part->archive->last_block() < blocks) {
        auto opened = Archive::open(archive_directory(directory_), book_);
        if (!opened) return std::unexpected{opened.error()};
        part->archive = *std::move(opened);
    }
    if (auto fits = check_joins(*part->archive, blocks, next, directory_); !fits) {
        return std::unexpected{fits.error()};
    }
    part->blocks = blocks;
    part->last_seq = Seq{next.first_seq.value() - 1};
    archived_ = part;
    return archived_;
}

void Environment::announce_commit() const {
    CHECK_INVARIANT(lock_ != nullptr, "only the writer announces commits");
    lock_->announce();
}

}  // namespace daybook::journal
