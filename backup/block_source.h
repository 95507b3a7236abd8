// BlockSource: the blocks of a book in their order, from a journal beside its server or from a
// backup. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "backup/manifest.h"
#include "base/result.h"
#include "journal/chain.h"
#include "journal/reader.h"
#include "journal/recent_pages.h"

namespace daybook::backup {

// Told now and then what is being done and how far it is; false ends it.
using GoOn = std::function<bool(std::string_view doing, Seq done, Seq total)>;

class BlockSource {
public:
    BlockSource() = default;
    virtual ~BlockSource() = default;
    BlockSource(const BlockSource&) = delete;
    BlockSource& operator=(const BlockSource&) = delete;
    BlockSource(BlockSource&&) = delete;
    BlockSource& operator=(BlockSource&&) = delete;

    // Nothing behind the last one. Valid until the next call.
    virtual Result<const journal::BlockView*> next() = 0;
};

// From the block after `after`, or the genesis block, to the one that is the head when it is made.
class JournalBlocks final : public BlockSource {
public:
    static Result<std::unique_ptr<JournalBlocks>> open(
        std::shared_ptr<journal::Environment> environment,
        const std::optional<journal::BlockInfo>& after = {});

    Result<const journal::BlockView*> next() override;
    // Lets go of the journal's pages until the next call; views are invalid from here on.
    void rest() { snapshot_.reset(); }
    // Where it ends.
    const journal::BlockInfo& head() const { return head_; }

private:
    explicit JournalBlocks(std::shared_ptr<journal::Environment> environment)
        : environment_{std::move(environment)} {}
    Result<void> renew();

    std::shared_ptr<journal::Environment> environment_;
    journal::BlockInfo head_;
    std::optional<journal::BlockInfo> last_;  // returned
    std::optional<journal::Snapshot> snapshot_;
    std::chrono::steady_clock::time_point pinned_since_;
    journal::BlockView view_;
    journal::RecentPages recent_pages_{std::size_t{32} << 20, journal::LetGo::of_mapping};
};

// All of a backup. Their headers have been checked (journal::SegmentChunk), no more.
class BackupBlocks final : public BlockSource {
public:
    BackupBlocks(std::filesystem::path directory, const Manifest& manifest)
        : directory_{std::move(directory)}, manifest_{manifest} {}

    Result<const journal::BlockView*> next() override;

private:
    Result<bool> next_chunk();

    std::filesystem::path directory_;
    const Manifest& manifest_;
    std::size_t segment_ = 0;  // the next to open
    std::shared_ptr<const journal::Segment> open_;
    std::size_t chunk_ = 0;  // the next to read
    std::optional<journal::SegmentChunk> blocks_;
    std::size_t block_ = 0;  // the next to return
};

// Every block that comes continues `chain`, to the byte.
Result<void> check_blocks(BlockSource& blocks, journal::ChainCheck& chain, Seq total,
                          const GoOn& go_on);

}  // namespace daybook::backup
