#include "tests/fuzz/harness.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace daybook::fuzz {

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

#ifdef __OPTIMIZE__
constexpr int kSlower = 1;
#else
constexpr int kSlower = 20;
#endif

nanoseconds processor_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds{now.tv_sec} + nanoseconds{now.tv_nsec};
}

// Whether the input takes too long by itself, not because others had the processor.
bool is_slow(Bytes input, nanoseconds limit) {
    for (int attempt = 0; attempt < 3; ++attempt) {
        const auto began = processor_time();
        test_one(input);
        if (processor_time() - began <= limit) return false;
    }
    return true;
}

}  // namespace

void broken(const char* what) {
    static_cast<void>(std::fprintf(stderr, "daybook: broken: %s\n", what));
    std::abort();
}

}  // namespace daybook::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" const char* __asan_default_options();

// What is freed need not stay poisoned for long: few inputs a second find less than many.
extern "C" const char* __asan_default_options() {
    return "quarantine_size_mb=8:malloc_context_size=4:detect_stack_use_after_return=0";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using daybook::fuzz::kTimeLimit;
    const daybook::Bytes input{reinterpret_cast<const std::byte*>(data), size};
    const auto limit = kTimeLimit * daybook::fuzz::kSlower;
    const auto began = daybook::fuzz::steady_clock::now();
    daybook::fuzz::test_one(input);
    // The time on the wall is cheap to read; only when it is long is it worth a second look.
    if (daybook::fuzz::steady_clock::now() - began > limit &&
        daybook::fuzz::is_slow(input, limit)) {
        daybook::fuzz::broken("an input takes too much processor time");
    }
    return 0;
}
