#include "journal/chain.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "journal/merkle.h"

namespace daybook::journal {

namespace {

using MonotonicClock = std::chrono::steady_clock;

// Pages a snapshot can see cannot be reused by the writer meanwhile.
constexpr std::chrono::seconds kPinnedMax{1};

std::unexpected<Error> damaged(const BlockInfo& block, const char* what) {
    return fail(ErrorCode::damaged, "block " + std::to_string(block.number) + ", at Seq " +
                                        std::to_string(block.first_seq.value()) + ": " + what);
}

// `history` is over all blocks before this one, recomputed from their hashes.
Result<void> verify_block(const BlockView& block, const MerkleTree& history) {
    if (auto sound = block.verify(); !sound) return sound;
    if (block.info().number != history.leaf_count()) {
        return damaged(block.info(), "its number is not its place in the chain");
    }
    if (block.info().history_root != history.root() ||
        !std::ranges::equal(block.peaks(), history.peaks())) {
        return damaged(block.info(), "its history is not the blocks before it");
    }
    return {};
}

}  // namespace

Result<void> verify_chain(Snapshot& snapshot,
                          const std::function<void(const BlockInfo&)>& progress) {
    const BlockInfo target = snapshot.head();
    const auto genesis = snapshot.genesis();
    if (!genesis) return std::unexpected{genesis.error()};
    if (genesis->info().previous != Hash256{}) {
        return damaged(genesis->info(), "a genesis block has no block before it");
    }
    std::optional<BlockView> block = *genesis;
    MerkleTree history;
    auto pinned_since = MonotonicClock::now();
    while (block) {
        if (auto sound = verify_block(*block, history); !sound) return sound;
        const BlockInfo info = block->info();
        history.add(std::as_bytes(std::span{info.hash.bytes}));
        if (progress) progress(info);
        if (info.number == target.number) {
            if (info.hash != target.hash)
                return damaged(info, "it is not the head we started from");
            return {};
        }
        if (MonotonicClock::now() - pinned_since > kPinnedMax) {
            if (auto renewed = snapshot.refresh(); !renewed) return renewed;
            pinned_since = MonotonicClock::now();
        }
        auto next = snapshot.block_after(info);
        if (!next) return std::unexpected{next.error()};
        block = *next;
    }
    return damaged(target, "the chain ends before it");
}

}  // namespace daybook::journal
