#include "projector/projector_lock.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

#include "projector/layout.h"
#include "projector/lmdb_txn.h"

namespace daybook::projector {

namespace {

std::string holder_of(int fd) {
    std::array<char, 16> text{};
    if (pread(fd, text.data(), text.size() - 1, 0) <= 0) return "another process";
    return "process " + std::to_string(std::strtol(text.data(), nullptr, 10));
}

// Only a courtesy to whoever comes second.
void name_holder(int fd) {
    const std::string text = std::to_string(getpid()) + "\n";
    if (ftruncate(fd, 0) != 0) return;
    [[maybe_unused]] const ssize_t ignored = pwrite(fd, text.data(), text.size(), 0);
}

}  // namespace

Result<std::unique_ptr<ProjectorLock>> ProjectorLock::acquire(
    const std::filesystem::path& directory) {
    const auto path = directory / kProjectorLockFile;
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0) return system_error(errno, "cannot open " + path.string());
    std::unique_ptr<ProjectorLock> lock{new ProjectorLock{fd}};
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return system_error(errno, "cannot lock " + path.string());
        return fail(ErrorCode::try_again, directory.string() + " is being projected into by " +
                                              holder_of(fd) + "; stop it first");
    }
    name_holder(fd);
    return lock;
}

ProjectorLock::~ProjectorLock() {
    close(fd_);
}

}  // namespace daybook::projector
