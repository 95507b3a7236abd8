#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

#include "journal/format.h"
#include "journal/lmdb_txn.h"
#include "journal/reader.h"
#include "journal/writer_lock.h"

namespace daybook::journal {

Result<Follower> Follower::open(const Environment& environment) {
    if (auto made = WriterLock::ensure_file(environment.directory()); !made) {
        return std::unexpected{made.error()};
    }
    const int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0) return system_error(errno, "cannot watch files");
    Follower follower{fd};
    // Not the data file: it changes several times a commit, all before readers can see the commit.
    const auto path = environment.directory() / kWriterLockFile;
    if (inotify_add_watch(fd, path.c_str(), IN_MODIFY) < 0) {
        return system_error(errno, "cannot watch " + path.string());
    }
    return follower;
}

Follower::~Follower() {
    if (fd_ >= 0) close(fd_);
}

Follower::Follower(Follower&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}

Follower& Follower::operator=(Follower&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

void Follower::wait(std::chrono::milliseconds timeout) {
    using Count = std::chrono::milliseconds::rep;
    const auto limit = std::clamp<Count>(timeout.count(), 0, std::numeric_limits<int>::max());
    pollfd watch{.fd = fd_, .events = POLLIN, .revents = 0};
    // An early return on a signal is as good as a wake-up.
    if (poll(&watch, 1, static_cast<int>(limit)) <= 0) return;
    alignas(inotify_event) std::array<char, 4096> events{};
    while (read(fd_, events.data(), events.size()) > 0) {
    }
}

}  // namespace daybook::journal
