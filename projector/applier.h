// Applier: takes the journal's blocks in order, folds them, and commits what has been folded
// together with the watermark. When to commit is for the projector to say; there is no clock here.
// The projector's thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "journal/block_source.h"
#include "projector/fold.h"
#include "projector/store.h"

namespace daybook::projector {

class Applier {
public:
    // The projection in `directory`, made, taken over or built anew so that it agrees with the
    // journal. The caller holds the projector's lock.
    static Result<Applier> open(journal::BlockSource& journal,
                                const std::filesystem::path& directory);

    // Folds to the end of the next block, or until the batch is full. Returns that block; nothing
    // at the journal's head.
    Result<std::optional<journal::BlockView>> fold_some(journal::BlockSource& journal);
    // Writes state and watermark in one transaction. After an error memory and file may differ: it
    // must not be used again. Nor when something is pending still: the files were not what had been
    // written, so they have been removed, to be built anew.
    Result<void> commit();

    // A commit must come before more is folded.
    bool is_full() const;
    bool has_pending() const { return applied_ != committed_; }
    // The last Seq folded, and the last that readers see.
    Seq applied() const { return applied_; }
    Seq committed() const { return committed_; }
    // The block that holds `applied`.
    const journal::BlockInfo& block() const { return block_; }
    const Store& store() const { return *store_; }

private:
    Applier(std::shared_ptr<Store> store, Fold fold, const journal::BlockInfo& block, Seq applied);
    Result<void> fold_block(const journal::BlockView& block);

    std::shared_ptr<Store> store_;
    Fold fold_;
    journal::BlockInfo block_;
    Seq opened_at_;
    Seq applied_;
    Seq committed_;
};

}  // namespace daybook::projector
