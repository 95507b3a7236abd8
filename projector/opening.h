// Opening a projection: makes it, takes it over, or, where it does not fit the journal, builds it
// anew.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "journal/block_source.h"
#include "projector/fold.h"
#include "projector/store.h"

namespace daybook::projector {

// A projection that agrees with the journal up to its watermark.
struct Opened {
    std::shared_ptr<Store> store;
    Fold fold;
    Watermark watermark;
    journal::BlockInfo block;  // that holds the watermark
};

// The directory, made if it is missing. Refuses one that holds an LMDB file no projector made:
// it would be deleted.
Result<void> prepare_directory(const std::filesystem::path& directory);

// The caller holds the projector's lock.
Result<Opened> open_or_build(journal::BlockSource& journal, const std::filesystem::path& directory);

}  // namespace daybook::projector
