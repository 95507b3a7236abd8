#include "cli/journal_walk.h"

#include <algorithm>
#include <string>
#include <utility>

#include "journal/recent_pages.h"

namespace daybook::cli {

namespace {

using std::chrono::steady_clock;
constexpr std::chrono::milliseconds kPinnedMax{500};

}  // namespace

JournalWalk::JournalWalk(journal::Snapshot snapshot, sequencer::RecordFinder finder,
                         std::unique_ptr<ChainAhead> chain, const journal::BlockInfo& genesis)
    : snapshot_{std::move(snapshot)},
      finder_{std::move(finder)},
      chain_{std::move(chain)},
      block_{genesis} {}

Result<std::unique_ptr<JournalWalk>> JournalWalk::open(
    const std::shared_ptr<journal::Environment>& environment, std::vector<Anchor> anchors) {
    auto snapshot = journal::Snapshot::open(environment);
    if (!snapshot) return std::unexpected{snapshot.error()};
    const auto genesis = snapshot->genesis();
    if (!genesis) return std::unexpected{genesis.error()};
    auto finder = sequencer::RecordFinder::open(environment);
    if (!finder) return std::unexpected{finder.error()};
    auto chain = ChainAhead::open(environment, std::move(anchors));
    if (!chain) return std::unexpected{chain.error()};
    const journal::BlockInfo first = genesis->info();
    return std::unique_ptr<JournalWalk>{
        new JournalWalk{*std::move(snapshot), *std::move(finder), *std::move(chain), first}};
}

Result<void> JournalWalk::renew() {
    pinned_since_ = steady_clock::now();
    if (auto refreshed = finder_.refresh(); !refreshed) return refreshed;
    return snapshot_.refresh();
}

JournalWalk::Found JournalWalk::check_to(Seq until, const AfterBlock& after_block) {
    if (!progress_) progress_.emplace("verifying", snapshot_.head_seq().value());
    chain_->go_to(until);
    auto finding = walk_to(until, after_block);
    auto ahead = chain_->finish();
    if (!finding || *finding) return finding;
    return ahead;
}

JournalWalk::Found JournalWalk::walk_to(Seq until, const AfterBlock& after_block) {
    if (auto renewed = renew(); !renewed) return std::unexpected{renewed.error()};
    while (verifier_.head() < until) {
        if (!chain_->wait_for(verifier_.head().next())) return std::optional<Finding>{};
        if (steady_clock::now() - pinned_since_ > kPinnedMax) {
            if (auto renewed = renew(); !renewed) return std::unexpected{renewed.error()};
        }
        const auto block = next_block();
        if (!block) return std::unexpected{block.error()};
        auto finding = check_block(*block, until);
        if (!finding || *finding) return finding;
        journal::unmap_pages(*block);
        chain_->done_with(block->stored().size());
        if (!after_block) continue;
        finding = after_block();
        if (!finding || *finding) return finding;
    }
    return std::optional<Finding>{};
}

// The block that holds the next record.
Result<journal::BlockView> JournalWalk::next_block() {
    const Seq next = verifier_.head().next();
    const bool is_inside = next <= block_.last_seq();
    const auto block = is_inside ? snapshot_.block_of(next) : snapshot_.block_after(block_);
    if (!block) return std::unexpected{block.error()};
    if (!*block) {
        return fail(ErrorCode::damaged,
                    "the journal ends before Seq " + std::to_string(next.value()));
    }
    return **block;
}

JournalWalk::Found JournalWalk::check_block(const journal::BlockView& block, Seq until) {
    block_ = block.info();
    const Seq last = std::min(until, block_.last_seq());
    auto record = block.record(verifier_.head().next());
    while (verifier_.head() < last) {
        if (!record) return std::unexpected{record.error()};
        const Bytes bytes = *record;
        const Seq after = verifier_.head().plus(2);
        // One ahead: what it touches comes while this one is decided.
        if (after <= last) {
            record = block.record(after);
            if (record) verifier_.prefetch(*record);
        }
        if (auto finding = verifier_.check(bytes, block_.stamp)) return finding;
        progress_->at(verifier_.head().value());
    }
    return std::optional<Finding>{};
}

Result<bool> JournalWalk::have_same_key(Seq first, Seq second) {
    const auto one = finder_.find(first);
    if (!one) return std::unexpected{one.error()};
    const Id128 key = one->record.key();
    const ProducerId producer = one->record.producer();
    const auto other = finder_.find(second);
    if (!other) return std::unexpected{other.error()};
    return other->record.key() == key && other->record.producer() == producer;
}

JournalWalk::Found JournalWalk::conclude(std::optional<Finding> finding) {
    progress_.reset();
    if (!finding) finding = chain_->anchors().end(chain_->last());
    const auto twice = chain_->keys().first_twice(
        verifier_.head(), [this](Seq first, Seq second) { return have_same_key(first, second); });
    if (!twice) return std::unexpected{twice.error()};
    if (!*twice || (finding && finding->seq <= (*twice)->again)) return finding;
    const auto record = finder_.find((*twice)->again);
    if (!record) return std::unexpected{record.error()};
    return Finding{(*twice)->again,
                   {},
                   "its key " + to_hex(record->record.key().bytes) + " was bound at seq " +
                       std::to_string((*twice)->first.value()) + " already",
                   {},
                   {}};
}

}  // namespace daybook::cli
