// In place of base/huge_array.cc: a book is made for each input, and large pages would have to be
// cleared for each. What is given back is kept for the next one, and only pages that were touched
// are cleared. One thread.
#include <map>
#include <sys/mman.h>
#include <vector>

#include "base/huge_array.h"
#include "tests/fuzz/harness.h"

namespace daybook {

namespace {

std::map<std::size_t, std::vector<void*>>& kept() {
    static std::map<std::size_t, std::vector<void*>> by_size;
    return by_size;
}

}  // namespace

void* map_huge(std::size_t size) {
    auto& free = kept()[size];
    if (!free.empty()) {
        void* const memory = free.back();
        free.pop_back();
        return memory;
    }
    void* const memory =
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fuzz::must(memory != MAP_FAILED, "there is memory");
    static_cast<void>(madvise(memory, size, MADV_NOHUGEPAGE));
    return memory;
}

void unmap_huge(void* memory, std::size_t size) {
    fuzz::must(madvise(memory, size, MADV_DONTNEED) == 0, "pages can be cleared");
    kept()[size].push_back(memory);
}

}  // namespace daybook
