// Recovery: brings a Core to the journal's head by replaying it.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "base/seq.h"
#include "journal/block_source.h"
#include "sequencer/core.h"

namespace daybook::sequencer {

// Told now and then how far it is: the last Seq replayed and the journal's head.
using Progress = std::function<void(Seq done, Seq head)>;

// Replays every record after core.head(). Each record's checksum, Seq, key, versions and back
// pointers are checked on the way; `damaged` names the first that does not follow.
Result<void> recover(journal::BlockSource& journal, Core& core, const Progress& progress);

}  // namespace daybook::sequencer
