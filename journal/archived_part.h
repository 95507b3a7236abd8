// ArchivedPart: what of the archive stands for blocks that a journal does not have any more.
// Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>

#include "base/seq.h"

namespace daybook::journal {

class Archive;

struct ArchivedPart {
    std::shared_ptr<const Archive> archive;
    std::uint64_t blocks = 0;  // 1 … blocks; what the archive has behind them is in the journal too
    Seq last_seq;
};

}  // namespace daybook::journal
