// Snapshot: a consistent view of the journal. Follower: waits for the journal to grow.
// Any number of both, in any process of the service's user; none of them slows the writer.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/seq.h"
#include "journal/archived_part.h"
#include "journal/block.h"
#include "journal/block_source.h"
#include "journal/environment.h"

struct MDB_txn;
struct MDB_cursor;

namespace daybook::journal {

// One thread at a time. Pins the pages it can see, so live for at most about a second beside a
// writer: take a new one (or `refresh`) rather than keep one. Blocks that have been archived are
// read from there; a view of one is valid on its own, but what was taken out of it (records) only
// until 6 more such blocks have been read, or the snapshot is refreshed.
class Snapshot final : public BlockSource {
public:
    static Result<Snapshot> open(std::shared_ptr<Environment> environment);
    ~Snapshot() override;
    Snapshot(Snapshot&& other) noexcept;
    Snapshot& operator=(Snapshot&& other) noexcept;
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    Result<void> refresh() override;
    const BlockInfo& head() const override { return head_; }
    Result<std::optional<BlockView>> block_of(Seq seq) override;
    Result<std::optional<BlockView>> block_after(const BlockInfo& block) override;
    Result<BlockView> genesis() override;

    // How many blocks have been archived, and the last Seq of these; 0 when none have.
    std::uint64_t archived_blocks() const { return archived_ ? archived_->blocks : 0; }
    Seq archived_seq() const { return archived_ ? archived_->last_seq : Seq{}; }

private:
    explicit Snapshot(std::shared_ptr<Environment> environment);
    Result<void> read_head();
    // Positions the cursor by `operation` (LMDB's) from `key`; false if nothing is there. The block
    // has been checked to be where it belongs.
    Result<bool> find(std::uint64_t key, int operation, BlockView& block);
    // What of the archive stands for the first `blocks` blocks, which the journal lacks.
    Result<void> read_archived(std::uint64_t blocks);
    Result<BlockView> archived_block_of(Seq seq);
    bool is_archived(Seq seq) const { return archived_ && seq <= archived_->last_seq; }
    std::unexpected<Error> damaged(const std::string& what) const;
    void close();

    std::shared_ptr<Environment> environment_;
    MDB_txn* txn_ = nullptr;
    MDB_cursor* cursor_ = nullptr;
    BlockInfo head_;
    std::shared_ptr<const ArchivedPart> archived_;  // null while nothing is
    // Of the archived blocks read last.
    std::array<std::shared_ptr<const void>, 6> owners_;
    std::size_t next_owner_ = 0;
};

// Wakes once a commit, when snapshots can see it, by inotify on the writer's lock file; so
// following costs nothing at rest. One thread at a time.
class Follower {
public:
    static Result<Follower> open(const Environment& environment);
    ~Follower();
    Follower(Follower&& other) noexcept;
    Follower& operator=(Follower&& other) noexcept;
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    // Returns when something may have been committed since the last call (or `open`), or after
    // `timeout`. Look at a snapshot, then wait: a commit in between is not lost.
    void wait(std::chrono::milliseconds timeout);

private:
    explicit Follower(int fd) : fd_{fd} {}

    int fd_ = -1;
};

}  // namespace daybook::journal
