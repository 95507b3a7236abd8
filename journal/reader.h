// Snapshot: a consistent view of the journal. Follower: waits for the journal to grow.
// Any number of both, in any process of the service's user; none of them slows the writer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "journal/environment.h"

struct MDB_txn;
struct MDB_cursor;

namespace daybook::journal {

// One thread at a time. Pins the pages it can see, so live for at most about a second beside a
// writer: take a new one (or `refresh`) rather than keep one.
class Snapshot {
public:
    static Result<Snapshot> open(std::shared_ptr<Environment> environment);
    ~Snapshot();
    Snapshot(Snapshot&& other) noexcept;
    Snapshot& operator=(Snapshot&& other) noexcept;
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    // Moves to the newest committed state. Views taken before are invalid from here on. After an
    // error only another `refresh` may work.
    Result<void> refresh();

    // The last block (the genesis block when there are no records).
    const BlockInfo& head() const { return head_; }
    // The last committed Seq; 0 when there are none.
    Seq head_seq() const;

    // The block that holds `seq`; nothing when the journal does not reach so far (or seq is 0).
    Result<std::optional<BlockView>> block_of(Seq seq);
    // The block after `block`; nothing at the head. `damaged` if it does not continue `block`'s
    // chain.
    Result<std::optional<BlockView>> block_after(const BlockInfo& block);
    // The genesis block.
    Result<BlockView> genesis();

private:
    explicit Snapshot(std::shared_ptr<Environment> environment);
    Result<void> read_head();
    // Positions the cursor by `operation` (LMDB's) from `key`; false if nothing is there. The block
    // has been checked to be where it belongs.
    Result<bool> find(std::uint64_t key, int operation, BlockView& block);
    std::unexpected<Error> damaged(const std::string& what) const;
    void close();

    std::shared_ptr<Environment> environment_;
    MDB_txn* txn_ = nullptr;
    MDB_cursor* cursor_ = nullptr;
    BlockInfo head_;
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
