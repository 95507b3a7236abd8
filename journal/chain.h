// Verifying a whole journal: every byte of every block, and that the blocks are one chain.
#pragma once

#include <functional>

#include "base/result.h"
#include "journal/reader.h"

namespace daybook::journal {

// Walks from the genesis block to the head `snapshot` has when called. `progress` is called after
// each verified block. `damaged` names the first bad block or Seq. The snapshot is refreshed about
// once a second, so it may have moved on when this returns.
Result<void> verify_chain(Snapshot& snapshot,
                          const std::function<void(const BlockInfo&)>& progress = {});

}  // namespace daybook::journal
