// Environment: the journal's LMDB environment, opened once a process, shared by Writer and readers.
// Only processes of the service's own user open it; everybody else reads the projection.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "journal/block.h"

struct MDB_env;
struct MDB_txn;

namespace daybook::journal {

struct ArchivedPart;
struct BlockInfo;
class OpenMark;
class WriterLock;

enum class Access { read_only, read_write };

class Environment {
public:
    // Makes a new journal: the directory, the environment and the genesis block of book `book`, all
    // durable (directory entries included) when it returns. `cannot_create` if one is there already
    // or the directory has other content, `try_again` if another process is at it. It is built in
    // `<directory>.new` and renamed: a crash leaves all of it or nothing, and the next call tidies
    // up.
    static Result<void> create(const std::filesystem::path& directory, const Id128& book,
                               Stamp stamp, const std::optional<Origin>& origin = {});

    // True if `directory` holds a journal's data file.
    static bool exists(const std::filesystem::path& directory);

    // Opens an existing journal. Before anything is mapped it checks owner, file system, meta pages
    // and that the file is as long as they say. `read_write` takes the writer's lock (`try_again`
    // if another process holds it). Needs write access to the directory either way: LMDB's readers
    // write its lock file. Opening one directory twice in a process is a bug (checked).
    static Result<std::shared_ptr<Environment>> open(const std::filesystem::path& directory,
                                                     Access access);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    Environment(Environment&&) = delete;
    Environment& operator=(Environment&&) = delete;

    const Id128& book() const { return book_; }
    // Of a book that is a fork.
    const std::optional<Origin>& origin() const { return origin_; }
    Access access() const { return access_; }
    const std::filesystem::path& directory() const { return directory_; }

    // For who reads blocks that the journal does not have any more: the archive of its first
    // `blocks`, before `next` in the journal. Opened when it is first asked for. `damaged` when it
    // does not reach so far, or `next` does not continue it. Any thread.
    Result<std::shared_ptr<const ArchivedPart>> archived(std::uint64_t blocks,
                                                         const BlockInfo& next) const;

    // For Writer, Snapshot and Follower only.
    MDB_env* handle() const { return env_; }
    unsigned blocks_dbi() const { return blocks_; }
    unsigned epochs_dbi() const { return epochs_; }
    // Wakes followers. Needs `read_write`.
    void announce_commit() const;

private:
    Environment();
    Result<void> open_lmdb();
    Result<void> open_databases();
    Result<void> read_genesis(MDB_txn* txn);

    std::filesystem::path directory_;
    MDB_env* env_ = nullptr;
    unsigned blocks_ = 0;
    unsigned epochs_ = 0;
    Access access_ = Access::read_only;
    Id128 book_;
    std::optional<Origin> origin_;
    std::unique_ptr<WriterLock> lock_;
    std::unique_ptr<OpenMark> mark_;
    mutable std::mutex archive_mutex_;
    mutable std::shared_ptr<const ArchivedPart> archived_;  // under the mutex: opened last
};

}  // namespace daybook::journal
