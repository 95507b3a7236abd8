#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <lmdb.h>

#include "journal/directory.h"
#include "journal/environment.h"
#include "journal/format.h"
#include "journal/lmdb_txn.h"
#include "journal/sealer.h"
#include "journal/writer_lock.h"

namespace daybook::journal {

namespace {

namespace fs = std::filesystem;

// Whatever the reason, the remedy is about the output.
std::unexpected<Error> cannot_create(const fs::path& directory, const std::string& why) {
    return fail(ErrorCode::cannot_create, "cannot create " + directory.string() + ": " + why);
}

std::unexpected<Error> cannot_create(const fs::path& directory, int code) {
    return cannot_create(directory, std::generic_category().message(code));
}

// Two processes creating at once would remove each other's work.
class ParentLock {
public:
    explicit ParentLock(const fs::path& parent)
        : fd_{open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)},
          code_{fd_ < 0 || flock(fd_, LOCK_EX | LOCK_NB) != 0 ? errno : 0} {}
    ~ParentLock() {
        if (fd_ >= 0) close(fd_);
    }
    ParentLock(const ParentLock&) = delete;
    ParentLock& operator=(const ParentLock&) = delete;
    ParentLock(ParentLock&&) = delete;
    ParentLock& operator=(ParentLock&&) = delete;

    int code() const { return code_; }

private:
    int fd_;
    int code_;
};

Result<void> put_genesis(MDB_env* env, const Id128& book, Stamp stamp,
                         const std::optional<Origin>& origin) {
    BlockBuilder builder{0};
    builder.begin(Seq{1}, stamp);
    const BlockSealer sealer = origin ? BlockSealer{book, *origin} : BlockSealer{book};
    const SealedBlock genesis = sealer.seal(builder);

    if (auto kept = keep_file_ahead(env, genesis.stored.size()); !kept) return kept;
    auto txn = begin_txn(env, Access::read_write);
    if (!txn) return std::unexpected{txn.error()};
    MDB_dbi blocks = 0;
    MDB_dbi epochs = 0;
    int code = mdb_dbi_open(txn->get(), kBlocksName, MDB_CREATE, &blocks);
    if (code == MDB_SUCCESS) code = mdb_dbi_open(txn->get(), kEpochsName, MDB_CREATE, &epochs);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot make the databases");

    std::uint64_t key = key_bytes(0);
    MDB_val key_val{sizeof key, &key};
    MDB_val value{genesis.stored.size(), const_cast<std::byte*>(genesis.stored.data())};
    code = mdb_put(txn->get(), blocks, &key_val, &value, MDB_APPEND);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put the genesis block");
    return commit(std::move(*txn), "cannot commit the genesis block");
}

Result<void> make_environment(const fs::path& directory, const Id128& book, Stamp stamp,
                              const std::optional<Origin>& origin) {
    MDB_env* created = nullptr;
    if (const int code = mdb_env_create(&created); code != MDB_SUCCESS) {
        return lmdb_error(code, "cannot make an environment");
    }
    const Env env{created};
    mdb_env_set_mapsize(env.get(), kMapBytes);
    mdb_env_set_maxdbs(env.get(), kDatabasesMax);
    mdb_env_set_maxreaders(env.get(), kReadersMax);
    int code = mdb_env_open(env.get(), directory.c_str(), MDB_NOTLS, 0600);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot open the environment");
    if (auto put = put_genesis(env.get(), book, stamp, origin); !put) return put;
    // Again: LMDB wrote the first meta pages without a sync of their own.
    code = mdb_env_sync(env.get(), 1);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot sync the data file");
    return {};
}

// Everything of the new journal, durable, in `building`.
Result<void> build(const fs::path& building, const Id128& book, Stamp stamp,
                   const std::optional<Origin>& origin) {
    std::error_code error;
    fs::remove_all(building, error);
    if (error) return system_error(error.value(), "cannot remove " + building.string());
    // Modes are set again because the umask may have taken some of the owner's.
    if (mkdir(building.c_str(), 0700) != 0 || chmod(building.c_str(), 0700) != 0) {
        return system_error(errno, "cannot make " + building.string());
    }
    if (auto checked = check_directory(building); !checked) return checked;
    if (auto made = make_environment(building, book, stamp, origin); !made) return made;
    if (auto made = WriterLock::ensure_file(building); !made) return made;
    for (const char* file : {kDataFile, kLmdbLockFile, kWriterLockFile}) {
        if (chmod((building / file).c_str(), 0600) != 0) {
            return system_error(errno, "cannot chmod " + (building / file).string());
        }
    }
    return sync_directory(building);
}

}  // namespace

Result<void> Environment::create(const fs::path& directory, const Id128& book, Stamp stamp,
                                 const std::optional<Origin>& origin) {
    if (exists(directory)) return cannot_create(directory, "a journal is there already");
    std::error_code error;
    fs::path target = fs::absolute(directory, error).lexically_normal();
    if (error) return cannot_create(directory, error.value());
    if (!target.has_filename()) target = target.parent_path();  // it ended in a slash
    const fs::path parent = target.parent_path();

    const ParentLock lock{parent};
    if (lock.code() == EWOULDBLOCK) {
        return fail(ErrorCode::try_again, "another process is creating a journal in " +
                                              parent.string() + "; let it finish");
    }
    if (lock.code() != 0) return cannot_create(directory, lock.code());

    fs::path building = target;
    building += ".new";
    if (auto built = build(building, book, stamp, origin); !built) {
        // Best effort; the next call removes what stays.
        fs::remove_all(building, error);
        if (built.error().code == ErrorCode::configuration) return built;
        return cannot_create(directory, built.error().detail);
    }
    // Replaces nothing but an empty directory.
    if (std::rename(building.c_str(), target.c_str()) != 0) {
        const int code = errno;
        fs::remove_all(building, error);
        return cannot_create(directory, code);
    }
    return sync_directory(parent);
}

}  // namespace daybook::journal
