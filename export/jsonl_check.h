// JsonlCheck: the records of JSONL exports that follow each other, made again to the byte: their
// blocks, the chain, and what they come to. Holds the accounts, never the journal.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "export/block_rebuilder.h"
#include "export/chart.h"
#include "export/content_check.h"
#include "export/manifest.h"
#include "export/tally.h"
#include "export/walk.h"

namespace daybook::exports {

class JsonlCheck {
public:
    // The first export may begin anywhere; each further one must continue the one before
    // (`why_not_adjacent`), so that a block which the cut splits, and the accounts, go on in it.
    // After a finding there is no further one.
    Found check(const std::filesystem::path& directory, const Manifest& manifest,
                const GoOn& go_on);

    // Whether postings and totals are recomputed: the first export began with seq 1. Without the
    // records before it, what an account was posted cannot be known.
    bool knows_totals() const { return knows_totals_; }
    // The records so far that no whole block confirms.
    std::vector<SeqRange> not_covered() const { return blocks_.not_covered(); }

private:
    Result<void> begin(const Manifest& manifest);
    // An error tells what is wrong with the line.
    Result<void> add(std::string_view line, const Manifest& manifest);
    Result<void> take(const Manifest& manifest);
    Manifest recomputed(const Manifest& manifest) const;

    Seq next_;  // none: there was no export yet
    bool knows_totals_ = false;
    BlockRebuilder blocks_;
    Chart chart_;
    Tally tally_{Cut{}};
    std::vector<PostedTouch> posted_;
};

}  // namespace daybook::exports
