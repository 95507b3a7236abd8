// BlockScan: every value of the journal in the order of its keys, unchecked, for whoever checks it:
// where a Snapshot refuses, it goes on. Any process of the service's user; one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "journal/block.h"
#include "journal/environment.h"

struct MDB_txn;
struct MDB_cursor;

namespace daybook::journal {

class Archive;

class BlockScan {
public:
    struct Stored {
        Bytes key;
        Bytes value;
    };
    // What has been archived comes in its place among them.

    static Result<BlockScan> open(std::shared_ptr<Environment> environment);
    ~BlockScan();
    BlockScan(BlockScan&& other) noexcept;
    BlockScan& operator=(BlockScan&& other) noexcept;
    BlockScan(const BlockScan&) = delete;
    BlockScan& operator=(const BlockScan&) = delete;

    // The next value, valid until the next call; nothing behind the last one, from where it goes on
    // once there are more. Pins pages for about a second at most while it is called.
    Result<std::optional<Stored>> next();
    // Lets go of the pages until the next call.
    void rest();

private:
    explicit BlockScan(std::shared_ptr<Environment> environment);
    Result<void> renew();
    // Whether the block after the one given out last has been archived; nothing if it has not.
    Result<std::optional<Stored>> next_archived(Bytes found_key);
    void note_given(Bytes key, Bytes value);
    void close();

    std::shared_ptr<Environment> environment_;
    MDB_txn* txn_ = nullptr;
    MDB_cursor* cursor_ = nullptr;
    bool is_pinned_ = false;
    bool is_placed_ = false;           // the cursor stands on last_key_
    std::vector<std::byte> last_key_;  // empty before the first
    std::uint64_t expected_ = 0;       // where the block after it begins, as it says; 0: not known
    std::shared_ptr<const Archive> archive_;
    BlockView archived_;  // given out last
    std::chrono::steady_clock::time_point pinned_since_;
};

}  // namespace daybook::journal
