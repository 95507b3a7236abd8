#include "backup/block_source.h"

#include <string>
#include <utility>

namespace daybook::backup {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPinnedMax{500};

}  // namespace

Result<std::unique_ptr<JournalBlocks>> JournalBlocks::open(
    std::shared_ptr<journal::Environment> environment,
    const std::optional<journal::BlockInfo>& after) {
    std::unique_ptr<JournalBlocks> blocks{new JournalBlocks{std::move(environment)}};
    blocks->last_ = after;
    if (auto renewed = blocks->renew(); !renewed) return std::unexpected{renewed.error()};
    blocks->head_ = blocks->snapshot_->head();
    return blocks;
}

Result<void> JournalBlocks::renew() {
    const auto now = steady_clock::now();
    if (snapshot_ && now - pinned_since_ <= kPinnedMax) return {};
    pinned_since_ = now;
    if (snapshot_) return snapshot_->refresh();
    auto snapshot = journal::Snapshot::open(environment_);
    if (!snapshot) return std::unexpected{snapshot.error()};
    snapshot_ = *std::move(snapshot);
    return {};
}

Result<const journal::BlockView*> JournalBlocks::next() {
    if (last_ && last_->number >= head_.number) return nullptr;
    if (auto renewed = renew(); !renewed) return std::unexpected{renewed.error()};
    if (!last_) {
        const auto genesis = snapshot_->genesis();
        if (!genesis) return std::unexpected{genesis.error()};
        view_ = *genesis;
    } else {
        const auto block = snapshot_->block_after(*last_);
        if (!block) return std::unexpected{block.error()};
        if (!*block) {
            return fail(ErrorCode::damaged, "the journal ends before block " +
                                                std::to_string(head_.number) +
                                                ", which it had; run `daybook verify`");
        }
        view_ = **block;
    }
    journal::map_pages(view_.stored());
    recent_pages_.add(view_);
    last_ = view_.info();
    return &view_;
}

Result<bool> BackupBlocks::next_chunk() {
    while (open_ == nullptr || chunk_ == open_->chunk_count()) {
        if (segment_ == manifest_.segments.size()) return false;
        auto segment = journal::Segment::open(directory_ / manifest_.segments[segment_].name);
        if (!segment) return std::unexpected{segment.error()};
        if ((*segment)->info() != manifest_.segments[segment_].info) {
            return fail(ErrorCode::damaged,
                        (*segment)->path().string() + " is not the segment that the manifest says");
        }
        open_ = *std::move(segment);
        chunk_ = 0;
        ++segment_;
    }
    auto chunk = open_->chunk(chunk_);
    if (!chunk) return std::unexpected{chunk.error()};
    blocks_ = *std::move(chunk);
    block_ = 0;
    ++chunk_;
    return true;
}

Result<const journal::BlockView*> BackupBlocks::next() {
    if (!blocks_ || block_ == blocks_->blocks().size()) {
        const auto has_more = next_chunk();
        if (!has_more) return std::unexpected{has_more.error()};
        if (!*has_more) return nullptr;
    }
    return &blocks_->blocks()[block_++];
}

Result<void> check_blocks(BlockSource& blocks, journal::ChainCheck& chain, Seq total,
                          const GoOn& go_on) {
    while (true) {
        const auto block = blocks.next();
        if (!block) return std::unexpected{block.error()};
        if (*block == nullptr) return {};
        const journal::BlockInfo info = (*block)->info();
        const auto damage = chain.check(**block);
        if (damage) return std::unexpected{journal::error_of(info, *damage)};
        if (go_on && !go_on("checking", info.last_seq(), total)) {
            return fail(ErrorCode::try_again, "stopped; nothing was kept, run it again");
        }
    }
}

}  // namespace daybook::backup
