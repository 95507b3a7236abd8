// JournalWalk: takes the journal's records, in order, to a Verifier, behind a ChainAhead that has
// checked their bytes. One thread beside that one; no snapshot is held for more than a second.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "cli/anchors.h"
#include "cli/chain_ahead.h"
#include "cli/finding.h"
#include "cli/progress.h"
#include "cli/verifier.h"
#include "journal/reader.h"
#include "sequencer/record_finder.h"

namespace daybook::cli {

class JournalWalk {
public:
    using Found = Result<std::optional<Finding>>;

    // `damaged` when the journal's last block is not to be relied on.
    static Result<std::unique_ptr<JournalWalk>> open(
        const std::shared_ptr<journal::Environment>& environment, std::vector<Anchor> anchors);

    // After each block; what it finds ends the walk.
    using AfterBlock = std::function<Found()>;
    // Checks the records up to `until`, which the journal must hold.
    Found check_to(Seq until, const AfterBlock& after_block = {});
    // What only the end shows: keys bound twice, anchors beyond the head. `finding`: the one so
    // far. The first of all.
    Found conclude(std::optional<Finding> finding);

    // Moves to the newest state of the journal.
    Result<void> renew();
    Seq head_of_journal() const { return snapshot_.head_seq(); }
    Verifier& verifier() { return verifier_; }
    const Verifier& verifier() const { return verifier_; }
    // Holds the last record checked.
    const journal::BlockInfo& block() const { return block_; }
    std::size_t anchors_held() const { return chain_->anchors().held_count(); }

private:
    JournalWalk(journal::Snapshot snapshot, sequencer::RecordFinder finder,
                std::unique_ptr<ChainAhead> chain, const journal::BlockInfo& genesis);
    Found walk_to(Seq until, const AfterBlock& after_block);
    Result<journal::BlockView> next_block();
    Found check_block(const journal::BlockView& block, Seq until);
    Result<bool> have_same_key(Seq first, Seq second);

    journal::Snapshot snapshot_;
    sequencer::RecordFinder finder_;
    std::chrono::steady_clock::time_point pinned_since_;
    std::unique_ptr<ChainAhead> chain_;
    journal::BlockInfo block_;
    Verifier verifier_{finder_};
    std::optional<Progress> progress_;
};

}  // namespace daybook::cli
