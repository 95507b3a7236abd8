// Preloaded into a server: its wall clock is off by as much as the first eight bytes (ns) of the
// file $DAYBOOK_FAULT_CLOCK say just then. What measures intervals is left alone.
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t offset_ns() {
    static const auto* const shared = [] {
        const char* path = std::getenv("DAYBOOK_FAULT_CLOCK");
        const int fd = path == nullptr ? -1 : open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) return static_cast<const std::int64_t*>(nullptr);
        void* at = mmap(nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, fd, 0);
        return at == MAP_FAILED ? nullptr : static_cast<const std::int64_t*>(at);
    }();
    return shared == nullptr ? 0 : __atomic_load_n(shared, __ATOMIC_RELAXED);
}

std::int64_t shifted_ns() {
    static auto* const really =
        reinterpret_cast<int (*)(clockid_t, timespec*)>(dlsym(RTLD_NEXT, "clock_gettime"));
    timespec moment{};
    really(CLOCK_REALTIME, &moment);
    return std::int64_t{moment.tv_sec} * kSecond + moment.tv_nsec + offset_ns();
}

// Seconds are rounded down, before 1970 too.
std::int64_t seconds_of(std::int64_t ns) {
    return ns / kSecond - (ns % kSecond < 0 ? 1 : 0);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* out) noexcept {
    static auto* const really =
        reinterpret_cast<int (*)(clockid_t, timespec*)>(dlsym(RTLD_NEXT, "clock_gettime"));
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) return really(clock, out);
    const std::int64_t ns = shifted_ns();
    *out = {.tv_sec = seconds_of(ns), .tv_nsec = ns - seconds_of(ns) * kSecond};
    return 0;
}

int gettimeofday(timeval* out, void* /*zone*/) noexcept {
    const std::int64_t ns = shifted_ns();
    *out = {.tv_sec = seconds_of(ns), .tv_usec = (ns - seconds_of(ns) * kSecond) / 1000};
    return 0;
}

time_t time(time_t* out) noexcept {
    const auto seconds = static_cast<time_t>(seconds_of(shifted_ns()));
    if (out != nullptr) *out = seconds;
    return seconds;
}

}  // extern "C"
