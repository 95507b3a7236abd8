// Preloaded into a server: lets the Nth call of a kind on one of its files fail, makes the
// journal's syncs slow, and writes down every call on a file below $DAYBOOK_FAULT_ROOT.
//   DAYBOOK_FAULT       "CALL FILE N HOW once|sticky"; HOW: the name of an errno, `short`,
//                       `landed` (done, and reported as EIO), `kill` or `stop` (before it is done,
//                       as by the signal of that name). In FILE # stands for any digits.
//   DAYBOOK_FAULT_LOG   a line a call: began, ended (ns), call, file, result, `-` or HOW
//   DAYBOOK_FAULT_DELAY a file that holds how many ns a sync of the journal takes, as it is then
#include <array>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

using Name = std::array<char, 256>;

// An error that goes away by itself is not one that comes for ever.
constexpr std::uint64_t kInterruptionsMax = 100;

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

std::int64_t now_ns() {
    timespec moment{};
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &moment);
    return std::int64_t{moment.tv_sec} * 1'000'000'000 + moment.tv_nsec;
}

// Not through this module's own functions.
int open_quietly(const char* variable, int flags) {
    const char* path = std::getenv(variable);
    if (path == nullptr) return -1;
    return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600));
}

struct Fault {
    std::array<char, 16> call{};
    Name file{};
    std::uint64_t nth = 0;
    std::array<char, 16> how{};
    bool is_sticky = false;

    static const Fault& wanted() {
        static const Fault fault = [] {
            Fault stated;
            std::array<char, 8> times{};
            const char* text = std::getenv("DAYBOOK_FAULT");
            if (text == nullptr) return stated;
            unsigned long nth = 0;
            if (std::sscanf(text, "%15s %255s %lu %15s %7s", stated.call.data(), stated.file.data(),
                            &nth, stated.how.data(), times.data()) != 5) {
                std::abort();
            }
            stated.nth = nth;
            stated.is_sticky = std::strcmp(times.data(), "sticky") == 0;
            return stated;
        }();
        return fault;
    }

    int error() const {
        struct Named {
            const char* name;
            int code;
        };
        constexpr std::array kErrors{Named{"EIO", EIO},       Named{"ENOSPC", ENOSPC},
                                     Named{"EDQUOT", EDQUOT}, Named{"EINTR", EINTR},
                                     Named{"ENOMEM", ENOMEM}, Named{"EMFILE", EMFILE}};
        for (const auto& [name, code] : kErrors) {
            if (std::strcmp(how.data(), name) == 0) return code;
        }
        return EIO;
    }
};

// The path below the root, with # for digits, "." for the root itself and ".." for the directory
// that has its name; empty when it lies elsewhere.
Name name_of_path(const char* path) {
    static const char* const root = std::getenv("DAYBOOK_FAULT_ROOT");
    Name name{};
    const std::size_t length = root == nullptr ? 0 : std::strlen(root);
    if (length == 0) return name;
    const auto above = static_cast<std::size_t>(std::strrchr(root, '/') - root);
    if (std::strncmp(path, root, above) == 0 && path[above] == '\0') {
        name[0] = name[1] = '.';
        return name;
    }
    if (std::strncmp(path, root, length) != 0) return name;
    if (path[length] == '\0') {
        name[0] = '.';
        return name;
    }
    if (path[length] != '/') return name;
    std::size_t at = 0;
    for (const char* from = path + length + 1; *from != '\0' && at + 1 < name.size(); ++from) {
        const bool is_digit = std::isdigit(static_cast<unsigned char>(*from)) != 0;
        if (is_digit && at > 0 && name[at - 1] == '#') continue;
        name[at++] = is_digit ? '#' : *from;
    }
    return name;
}

using Path = std::array<char, 4096>;

// Empty when there is none.
Path path_of_fd(int fd) {
    std::array<char, 32> link{};
    Path path{};
    std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
    if (readlink(link.data(), path.data(), path.size() - 1) < 0) path[0] = '\0';
    return path;
}

Name name_of_fd(int fd) {
    return name_of_path(path_of_fd(fd).data());
}

// Of a path below an open directory.
Name name_at(int directory, const char* path) {
    if (directory == AT_FDCWD || path[0] == '/') return name_of_path(path);
    Path whole = path_of_fd(directory);
    const std::size_t length = std::strlen(whole.data());
    std::snprintf(whole.data() + length, whole.size() - length, "/%s", path);
    return name_of_path(whole.data());
}

// How long the journal's syncs take now.
std::int64_t sync_delay_ns() {
    static const auto* const shared = [] {
        const int fd = open_quietly("DAYBOOK_FAULT_DELAY", O_RDONLY);
        if (fd < 0) return static_cast<std::int64_t*>(nullptr);
        const auto at =
            syscall(SYS_mmap, nullptr, sizeof(std::int64_t), PROT_READ, MAP_SHARED, fd, 0L);
        return reinterpret_cast<std::int64_t*>(at);
    }();
    return shared == nullptr ? 0 : __atomic_load_n(shared, __ATOMIC_RELAXED);
}

// One call: whether it is the one to fail, and the line about it.
class Call {
public:
    Call(const char* kind, const Name& file) : kind_{kind}, file_{file}, began_{now_ns()} {
        const Fault& fault = Fault::wanted();
        if (file_[0] == '\0' || fault.nth == 0) return;
        if (std::strcmp(fault.call.data(), kind) != 0) return;
        if (std::strcmp(fault.file.data(), file_.data()) != 0) return;
        static std::atomic<std::uint64_t> count{0};
        const std::uint64_t nth = ++count;
        fails_ = nth == fault.nth || (nth > fault.nth && fault.is_sticky);
        const bool is_over = fault.error() == EINTR && nth >= fault.nth + kInterruptionsMax;
        if (is_over) fails_ = false;
    }

    // `doing` does it with so many of `size` bytes.
    template <typename Doing>
    ssize_t carry_out(Doing doing, std::size_t size = 0) {
        const Fault& fault = Fault::wanted();
        const bool is_cut = std::strcmp(fault.how.data(), "short") == 0;
        if (fails_ && std::strcmp(fault.how.data(), "kill") == 0) kill(getpid(), SIGKILL);
        if (fails_ && std::strcmp(fault.how.data(), "stop") == 0) {
            kill(getpid(), SIGSTOP);
            fails_ = false;
        }
        if (!fails_ || is_cut) {
            const ssize_t result = doing(fails_ ? (size + 1) / 2 : size);
            return end(result, errno, fails_ ? "short" : "-");
        }
        if (std::strcmp(fault.how.data(), "landed") == 0) (void)doing(size);
        return end(-1, fault.error(), fault.how.data());
    }

    bool is_of(const char* file) const { return std::strcmp(file_.data(), file) == 0; }
    std::int64_t began() const { return began_; }

private:
    ssize_t end(ssize_t result, int error, const char* how) {
        static const int log = open_quietly("DAYBOOK_FAULT_LOG", O_CREAT | O_WRONLY | O_APPEND);
        if (log >= 0 && file_[0] != '\0') {
            std::array<char, 512> line{};
            const int length =
                std::snprintf(line.data(), line.size(), "%lld %lld %s %s %lld %s\n",
                              static_cast<long long>(began_), static_cast<long long>(now_ns()),
                              kind_, file_.data(), static_cast<long long>(result), how);
            syscall(SYS_write, log, line.data(), static_cast<std::size_t>(length));
        }
        errno = error;
        return result;
    }

    const char* kind_;
    Name file_;
    std::int64_t began_;
    bool fails_ = false;
};

// In slices, so that a disk that has become quick again is so at once.
void wait_for_slow_disk(const Call& call) {
    if (!call.is_of("journal/data.mdb")) return;
    constexpr timespec kSlice{.tv_sec = 0, .tv_nsec = 2'000'000};
    while (now_ns() - call.began() < sync_delay_ns())
        nanosleep(&kSlice, nullptr);
}

int open_file(int directory, const char* path, int flags, mode_t mode) {
    static auto* const really = next<int(int, const char*, int, ...)>("openat");
    Call call{(flags & O_CREAT) != 0 ? "create" : "open", name_at(directory, path)};
    return static_cast<int>(
        call.carry_out([&](std::size_t) { return really(directory, path, flags, mode); }));
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_file(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const auto mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_file(directory, path, flags, mode);
}

ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t at) {
    static auto* const really = next<ssize_t(int, const void*, std::size_t, off_t)>("pwrite");
    Call call{"pwrite", name_of_fd(fd)};
    return call.carry_out([&](std::size_t some) { return really(fd, bytes, some, at); }, size);
}

ssize_t pread(int fd, void* bytes, std::size_t size, off_t at) {
    static auto* const really = next<ssize_t(int, void*, std::size_t, off_t)>("pread");
    Call call{"pread", name_of_fd(fd)};
    return call.carry_out([&](std::size_t some) { return really(fd, bytes, some, at); }, size);
}

ssize_t write(int fd, const void* bytes, std::size_t size) {
    static auto* const really = next<ssize_t(int, const void*, std::size_t)>("write");
    Call call{"write", name_of_fd(fd)};
    return call.carry_out([&](std::size_t some) { return really(fd, bytes, some); }, size);
}

// A short one ends after the first part.
ssize_t writev(int fd, const iovec* parts, int count) {
    static auto* const really = next<ssize_t(int, const iovec*, int)>("writev");
    Call call{"writev", name_of_fd(fd)};
    const auto whole = static_cast<std::size_t>(count);
    return call.carry_out(
        [&](std::size_t some) { return really(fd, parts, some < whole ? 1 : count); }, whole);
}

int fdatasync(int fd) {
    static auto* const really = next<int(int)>("fdatasync");
    Call call{"fdatasync", name_of_fd(fd)};
    return static_cast<int>(call.carry_out([&](std::size_t) {
        const int result = really(fd);
        wait_for_slow_disk(call);
        return result;
    }));
}

int fsync(int fd) {
    static auto* const really = next<int(int)>("fsync");
    Call call{"fsync", name_of_fd(fd)};
    return static_cast<int>(call.carry_out([&](std::size_t) { return really(fd); }));
}

int msync(void* address, std::size_t size, int flags) {
    static auto* const really = next<int(void*, std::size_t, int)>("msync");
    Call call{"msync", Name{}};
    return static_cast<int>(
        call.carry_out([&](std::size_t) { return really(address, size, flags); }));
}

int ftruncate(int fd, off_t size) noexcept {
    static auto* const really = next<int(int, off_t)>("ftruncate");
    Call call{"ftruncate", name_of_fd(fd)};
    return static_cast<int>(call.carry_out([&](std::size_t) { return really(fd, size); }));
}

int fallocate(int fd, int mode, off_t at, off_t size) {
    static auto* const really = next<int(int, int, off_t, off_t)>("fallocate");
    Call call{"fallocate", name_of_fd(fd)};
    return static_cast<int>(
        call.carry_out([&](std::size_t) { return really(fd, mode, at, size); }));
}

int sync_file_range(int fd, off64_t at, off64_t size, unsigned flags) {
    static auto* const really = next<int(int, off64_t, off64_t, unsigned)>("sync_file_range");
    Call call{"sync_file_range", name_of_fd(fd)};
    return static_cast<int>(
        call.carry_out([&](std::size_t) { return really(fd, at, size, flags); }));
}

void* mmap(void* at, std::size_t size, int protection, int flags, int fd, off_t offset) noexcept {
    static auto* const really = next<void*(void*, std::size_t, int, int, int, off_t)>("mmap");
    Call call{"mmap", fd < 0 ? Name{} : name_of_fd(fd)};
    const auto mapped = call.carry_out([&](std::size_t) {
        return reinterpret_cast<ssize_t>(really(at, size, protection, flags, fd, offset));
    });
    return reinterpret_cast<void*>(mapped);
}

int rename(const char* from, const char* to) noexcept {
    static auto* const really = next<int(const char*, const char*)>("rename");
    Call call{"rename", name_of_path(to)};
    return static_cast<int>(call.carry_out([&](std::size_t) { return really(from, to); }));
}

int unlinkat(int directory, const char* path, int flags) noexcept {
    static auto* const really = next<int(int, const char*, int)>("unlinkat");
    Call call{"unlink", name_at(directory, path)};
    return static_cast<int>(
        call.carry_out([&](std::size_t) { return really(directory, path, flags); }));
}

int unlink(const char* path) noexcept {
    return unlinkat(AT_FDCWD, path, 0);
}

int mkdirat(int directory, const char* path, mode_t mode) noexcept {
    static auto* const really = next<int(int, const char*, mode_t)>("mkdirat");
    Call call{"mkdir", name_at(directory, path)};
    return static_cast<int>(
        call.carry_out([&](std::size_t) { return really(directory, path, mode); }));
}

int mkdir(const char* path, mode_t mode) noexcept {
    return mkdirat(AT_FDCWD, path, mode);
}

int chmod(const char* path, mode_t mode) noexcept {
    static auto* const really = next<int(const char*, mode_t)>("chmod");
    Call call{"chmod", name_of_path(path)};
    return static_cast<int>(call.carry_out([&](std::size_t) { return really(path, mode); }));
}

int flock(int fd, int operation) noexcept {
    static auto* const really = next<int(int, int)>("flock");
    Call call{"flock", name_of_fd(fd)};
    return static_cast<int>(call.carry_out([&](std::size_t) { return really(fd, operation); }));
}

}  // extern "C"
