// Preloaded into a server: its Nth allocation ($DAYBOOK_FAULT_ALLOCATION, "N once|sticky") finds no
// memory. A process that ends by itself writes to $DAYBOOK_FAULT_ALLOCATIONS how many it made.
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

constinit std::atomic<std::uint64_t> made{0};
// The environment is read before it can be wanted, and without allocating.
constinit std::uint64_t failing = 0;
constinit bool is_sticky = false;

bool is_due() {
    const std::uint64_t nth = ++made;
    return failing != 0 && (nth == failing || (is_sticky && nth > failing));
}

void* nothing() {
    errno = ENOMEM;
    return nullptr;
}

__attribute__((constructor)) void begin() {
    const char* stated = std::getenv("DAYBOOK_FAULT_ALLOCATION");
    if (stated == nullptr) return;
    failing = std::strtoull(stated, nullptr, 10);
    is_sticky = std::strstr(stated, "sticky") != nullptr;
    made = 0;
}

__attribute__((destructor)) void tell() {
    const char* path = std::getenv("DAYBOOK_FAULT_ALLOCATIONS");
    const std::uint64_t count = made;
    std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "w");
    if (file == nullptr) return;
    std::fprintf(file, "%lu\n", static_cast<unsigned long>(count));
    std::fclose(file);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
    return is_due() ? nothing() : __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    return is_due() ? nothing() : __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) {
    return is_due() ? nothing() : __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return is_due() ? nothing() : __libc_memalign(alignment, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) {
    if (is_due()) return ENOMEM;
    *block = __libc_memalign(alignment, size);
    return *block == nullptr ? ENOMEM : 0;
}

}  // extern "C"
