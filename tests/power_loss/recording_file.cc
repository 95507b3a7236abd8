#include "tests/power_loss/recording_file.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/power_loss/place.h"

namespace daybook::power_loss {

namespace {

using Open = int(const char*, int, ...);
using Writev = ssize_t(int, const iovec*, int);

int recording() {
    static const int fd = [] {
        const char* path = std::getenv("DAYBOOK_RECORDING");
        return path == nullptr
                   ? -1
                   : next<Open>("open64")(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    }();
    return fd;
}

}  // namespace

void refuse(const char* what, const char* path) {
    dprintf(STDERR_FILENO, "the recorder does not know %s (%s)\n", what, path);
    std::abort();
}

std::uint64_t inode_of(const std::string& path) {
    struct stat status{};
    return lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

// 0: none of ours. What is in lock files (LMDB's is mapped) is worth nothing after a restart.
std::uint64_t inode_of(int fd) {
    const std::string path = target_of("/proc/self/fd/" + std::to_string(fd));
    const bool is_lock = path.ends_with("/lock.mdb") || path.ends_with("/writer.lock");
    if (!is_below(path) || is_lock) return 0;
    struct stat status{};
    return fstat(fd, &status) == 0 ? status.st_ino : 0;
}

void put(Entry entry, const std::string& name, const iovec* parts, int count) {
    if (recording() < 0) return;
    if (count > 64) refuse("a write of so many parts", name.c_str());
    iovec all[66];
    entry.name_bytes = static_cast<std::uint32_t>(name.size());
    all[0] = {&entry, sizeof entry};
    all[1] = {const_cast<char*>(name.data()), name.size()};
    for (int i = 0; i < count; ++i)
        all[i + 2] = parts[i];
    const auto size = static_cast<ssize_t>(sizeof entry + name.size() + entry.size);
    static auto* const really = next<Writev>("writev");
    if (really(recording(), all, count + 2) != size) refuse("how to write its recording", "full?");
}

}  // namespace daybook::power_loss
