#include "journal/recent_pages.h"

#include <bit>
#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>

namespace daybook::journal {

namespace {

// Only whole pages: those at the ends also hold a neighbour's bytes.
void page_out(Bytes stored) {
    static const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto begin = std::bit_cast<std::uintptr_t>(stored.data());
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t end = (begin + stored.size()) / page * page;
    // What can't be let go of stays, which harms nothing.
    if (first < end) (void)madvise(std::bit_cast<void*>(first), end - first, MADV_PAGEOUT);
}

}  // namespace

void RecentPages::add(Bytes stored) {
    blocks_.push_back(stored);
    bytes_ += stored.size();
    if (bytes_ >= bytes_max_ + kWorthIt) let_go(bytes_ - bytes_max_);
}

void RecentPages::let_go(std::size_t bytes) {
    for (std::size_t gone = 0; gone < bytes && blocks_.size() > 1;) {
        const Bytes oldest = blocks_.front();
        page_out(oldest);
        gone += oldest.size();
        bytes_ -= oldest.size();
        blocks_.pop_front();
    }
}

}  // namespace daybook::journal
