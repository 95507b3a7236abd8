// RecentPages: keeps the journal's newest blocks in memory and lets go of those behind them, so
// that an endless file does not push everything else out, and the writer finds pages that were used
// before: memory fresh from a hypervisor costs many times what the copy into it does.
// For whoever reads every block in order through one environment; one thread.
#pragma once

#include <cstddef>
#include <deque>

#include "base/bytes.h"
#include "journal/block.h"

namespace daybook::journal {

// Takes a large block that is about to be read into this process's memory at once, not page by
// page.
void map_pages(Bytes stored);
// Takes a block that was just read out of this process's memory; it stays in the system's cache,
// and reading it again brings it back. Nothing happens to one that was unpacked: it has an owner.
void unmap_pages(const BlockView& block);

// memory: pages are written out of the system's memory too. mapping: they leave this process alone,
// for who reads a journal once and may read it again.
enum class LetGo { of_memory, of_mapping };

class RecentPages {
public:
    // Of `bytes_max` bytes of blocks; at least the last block stays.
    explicit RecentPages(std::size_t bytes_max, LetGo how = LetGo::of_memory)
        : bytes_max_{bytes_max}, how_{how} {}

    // A block that was just read. It is let go of later, while its environment must still be open.
    // One that was unpacked is none of its concern: it has an owner. Pages that another process
    // reads too stay, and so does everything on systems that can't let go: this only ever saves
    // memory.
    void add(const BlockView& block);

    std::size_t bytes() const { return bytes_; }

private:
    // Not block by block: each call interrupts every processor the process runs on.
    static constexpr std::size_t kWorthIt = std::size_t{32} << 20;

    void let_go(std::size_t bytes);

    std::size_t bytes_max_;
    LetGo how_;
    std::size_t bytes_ = 0;
    std::deque<Bytes> blocks_;  // oldest first
};

}  // namespace daybook::journal
