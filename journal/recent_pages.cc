#include "journal/recent_pages.h"

#include <bit>
#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>

namespace daybook::journal {

namespace {

// Only whole pages: those at the ends also hold a neighbour's bytes.
void advise(Bytes stored, int advice) {
    static const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto begin = std::bit_cast<std::uintptr_t>(stored.data());
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t end = (begin + stored.size()) / page * page;
    // What can't be let go of stays, which harms nothing.
    if (first < end) (void)madvise(std::bit_cast<void*>(first), end - first, advice);
}

}  // namespace

void map_pages(Bytes stored) {
    constexpr std::size_t kWorthACall = std::size_t{64} << 10;
    if (stored.size() >= kWorthACall) advise(stored, MADV_POPULATE_READ);
}

void unmap_pages(const BlockView& block) {
    if (block.owner() == nullptr) advise(block.stored(), MADV_DONTNEED);
}

void RecentPages::add(const BlockView& block) {
    // Letting go of memory that no file is behind would lose what is in it.
    if (block.owner() != nullptr) return;
    const Bytes stored = block.stored();
    blocks_.push_back(stored);
    bytes_ += stored.size();
    if (bytes_ >= bytes_max_ + kWorthIt) let_go(bytes_ - bytes_max_);
}

void RecentPages::let_go(std::size_t bytes) {
    for (std::size_t gone = 0; gone < bytes && blocks_.size() > 1;) {
        const Bytes oldest = blocks_.front();
        advise(oldest, how_ == LetGo::of_memory ? MADV_PAGEOUT : MADV_DONTNEED);
        gone += oldest.size();
        bytes_ -= oldest.size();
        blocks_.pop_front();
    }
}

}  // namespace daybook::journal
