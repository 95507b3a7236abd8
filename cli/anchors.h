// Anchors: heads of the chain that somebody kept away from the journal. A journal that was
// rewritten with all its hashes, cut, or put back from an old backup is sound in itself; an anchor
// tells.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "cli/finding.h"
#include "journal/block.h"

namespace daybook::cli {

struct Anchor {
    std::string name;        // as it was given
    Hash256 hash;            // of a block
    std::optional<Seq> seq;  // the block's last
    std::optional<Id128> book;
};

// HASH, SEQ:HASH, or a file: what `daybook verify --json` printed, a proof, an export's manifest.
// `bad_input` when it is none of them, `not_found` when there is no such file.
Result<Anchor> read_anchor(const std::string& stated);

// Looks for them in a chain that was checked. One thread.
class AnchorCheck {
public:
    explicit AnchorCheck(std::vector<Anchor> anchors) : anchors_{std::move(anchors)} {}

    // The next block. The finding names where the chain may have left the anchors: behind the last
    // one that holds.
    std::optional<Finding> see(const journal::BlockInfo& block);
    // There are no more blocks.
    std::optional<Finding> end(const journal::BlockInfo& last) const;

    std::size_t count() const { return anchors_.size() + held_count_; }
    std::size_t held_count() const { return held_count_; }

private:
    Finding broken(const Anchor& anchor, std::string what, std::string stored) const;

    std::vector<Anchor> anchors_;  // that have not been found yet
    std::size_t held_count_ = 0;
    Seq held_;  // of the last one found
};

}  // namespace daybook::cli
