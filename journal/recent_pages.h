// RecentPages: keeps the journal's newest blocks in memory and lets go of those behind them, so
// that an endless file does not push everything else out, and the writer finds pages that were used
// before: memory fresh from a hypervisor costs many times what the copy into it does.
// For whoever reads every block in order through one environment; one thread.
#pragma once

#include <cstddef>
#include <deque>

#include "base/bytes.h"

namespace daybook::journal {

class RecentPages {
public:
    // Of `bytes_max` bytes of blocks; at least the last block stays.
    explicit RecentPages(std::size_t bytes_max) : bytes_max_{bytes_max} {}

    // A block (BlockView::stored) that was just read. It is let go of later, while its environment
    // must still be open. Pages that another process reads too stay, and so does everything on
    // systems that can't let go: this only ever saves memory.
    void add(Bytes stored);

    std::size_t bytes() const { return bytes_; }

private:
    // Not block by block: each call interrupts every processor the process runs on.
    static constexpr std::size_t kWorthIt = std::size_t{32} << 20;

    void let_go(std::size_t bytes);

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::deque<Bytes> blocks_;  // oldest first
};

}  // namespace daybook::journal
