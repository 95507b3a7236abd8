#include "base/huge_array.h"

#include <cstdint>
#include <sys/mman.h>

#include "base/check.h"

namespace daybook {

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

// Small ones would waste most of a large page.
std::size_t mapped_bytes(std::size_t size) {
    const std::size_t page = size >= kHugePage ? kHugePage : std::size_t{4096};
    return (size + page - 1) / page * page;
}

}  // namespace

void* map_huge(std::size_t size) {
    const std::size_t wanted = mapped_bytes(size);
    const bool is_huge = wanted >= kHugePage;
    const std::size_t reserved = is_huge ? wanted + kHugePage : wanted;
    void* memory =
        mmap(nullptr, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_INVARIANT(memory != MAP_FAILED, "there is memory for the keys");
    if (!is_huge) return memory;
    // Gives back what lies before and behind the large pages.
    auto* const start = static_cast<std::byte*>(memory);
    const std::size_t before =
        (kHugePage - reinterpret_cast<std::uintptr_t>(start) % kHugePage) % kHugePage;
    if (before != 0) munmap(start, before);
    munmap(start + before + wanted, kHugePage - before);
    // Only a hint.
    (void)madvise(start + before, wanted, MADV_HUGEPAGE);
    return start + before;
}

void unmap_huge(void* memory, std::size_t size) {
    munmap(memory, mapped_bytes(size));
}

}  // namespace daybook
