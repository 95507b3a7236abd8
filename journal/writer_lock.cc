#include "journal/writer_lock.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/format.h"
#include "journal/lmdb_txn.h"

namespace daybook::journal {

namespace {

// Text of one length, so that rewriting it never leaves a part of an older one.
using HolderText = std::array<char, 12>;

HolderText own_text() {
    HolderText text{};
    std::snprintf(text.data(), text.size(), "%010d\n", static_cast<int>(getpid()));
    return text;
}

std::string holder_of(int fd) {
    HolderText text{};
    if (pread(fd, text.data(), text.size() - 1, 0) <= 0) return "another process";
    int pid = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '9') break;
        pid = (pid * 10) + (digit - '0');
    }
    return "process " + std::to_string(pid);
}

Result<int> open_file(const std::filesystem::path& directory) {
    const auto path = directory / kWriterLockFile;
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return system_error(errno, "cannot open " + path.string());
    return fd;
}

}  // namespace

Result<std::unique_ptr<WriterLock>> WriterLock::acquire(const std::filesystem::path& directory) {
    const auto fd = open_file(directory);
    if (!fd) return std::unexpected{fd.error()};
    std::unique_ptr<WriterLock> lock{new WriterLock{*fd}};
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return system_error(errno, "cannot lock " + directory.string());
        return fail(ErrorCode::try_again, directory.string() + " is being written by " +
                                              holder_of(*fd) + "; stop it first");
    }
    lock->announce();
    return lock;
}

Result<void> WriterLock::ensure_file(const std::filesystem::path& directory) {
    const auto fd = open_file(directory);
    if (!fd) return std::unexpected{fd.error()};
    close(*fd);
    return {};
}

WriterLock::~WriterLock() {
    close(fd_);
}

void WriterLock::announce() const {
    const HolderText text = own_text();
    // Only a wake-up: followers look again after their timeout anyway.
    [[maybe_unused]] const ssize_t ignored = pwrite(fd_, text.data(), text.size() - 1, 0);
}

}  // namespace daybook::journal
