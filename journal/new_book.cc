#include "journal/new_book.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/check.h"
#include "journal/directory.h"

namespace daybook::journal {

namespace {

namespace fs = std::filesystem;

constexpr const char* kLockName = "building";

std::unexpected<Error> cannot_create(const fs::path& path, int code) {
    return fail(ErrorCode::cannot_create,
                "cannot create '" + path.string() + "': " + std::generic_category().message(code));
}

// Absolute and without a slash at its end, so that it has a name and a directory around it.
Result<fs::path> tidied(const fs::path& data) {
    std::error_code problem;
    fs::path path = fs::absolute(data, problem).lexically_normal();
    if (problem) return cannot_create(data, problem.value());
    if (!path.has_filename()) path = path.parent_path();
    return path;
}

// Nothing can be renamed to it, although it is an empty directory.
bool is_mount_point(const fs::path& path) {
    struct statx directory{};
    struct stat above{};
    if (statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &directory) != 0 ||
        stat(path.parent_path().c_str(), &above) != 0) {
        return false;
    }
    const bool is_root = (directory.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    return is_root || makedev(directory.stx_dev_major, directory.stx_dev_minor) != above.st_dev;
}

Result<void> check_free(const fs::path& path) {
    std::error_code problem;
    if (!fs::exists(fs::symlink_status(path, problem))) return {};
    if (fs::is_directory(path, problem) && fs::is_empty(path, problem)) {
        if (!is_mount_point(path)) return {};
        return fail(ErrorCode::cannot_create,
                    "'" + path.string() +
                        "' is a mount point, and a new book gets its name when it is whole, which "
                        "a mount point cannot; name a new directory in it");
    }
    const bool is_book = Environment::exists(path / "journal");
    return fail(ErrorCode::cannot_create, "'" + path.string() + "' " +
                                              (is_book ? "holds a book already" : "is not empty") +
                                              "; name a new directory");
}

bool is_same_file(int fd, const fs::path& path) {
    struct stat open_one{};
    struct stat named{};
    return fstat(fd, &open_one) == 0 && lstat(path.c_str(), &named) == 0 &&
           open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

}  // namespace

NewBook::NewBook(fs::path path) : final_{std::move(path)}, building_{final_} {
    building_ += ".partial";
}

// The lock last: whoever comes while this removes things finds it taken.
NewBook::~NewBook() {
    environment_.reset();
    if (is_ours_) {
        (void)remove_content();
        unlink((building_ / kLockName).c_str());
        rmdir(building_.c_str());
    }
    if (lock_ >= 0) close(lock_);
}

Result<std::unique_ptr<NewBook>> NewBook::create(const fs::path& data, const Id128& book,
                                                 Stamp stamp, const std::optional<Origin>& origin) {
    auto path = tidied(data);
    if (!path) return std::unexpected{path.error()};
    if (auto is_free = check_free(*path); !is_free) return std::unexpected{is_free.error()};
    auto made = std::unique_ptr<NewBook>{new NewBook{*std::move(path)}};
    if (auto taken = made->take_place(); !taken) return std::unexpected{taken.error()};
    if (auto done = made->make(book, stamp, origin); !done) return std::unexpected{done.error()};
    return made;
}

Result<void> NewBook::check_place(const fs::path& data) {
    const auto path = tidied(data);
    if (!path) return std::unexpected{path.error()};
    return check_free(*path);
}

// Two processes building the same book would remove each other's work.
Result<void> NewBook::take_place() {
    if (mkdir(building_.c_str(), 0700) != 0 && errno != EEXIST) {
        return cannot_create(building_, errno);
    }
    const fs::path lock = building_ / kLockName;
    lock_ = open(lock.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    const bool has_got_its_name = lock_ < 0 && errno == ENOENT;
    if (lock_ < 0 && !has_got_its_name) return cannot_create(lock, errno);
    const bool is_locked = !has_got_its_name && flock(lock_, LOCK_EX | LOCK_NB) == 0;
    if (!has_got_its_name && !is_locked && errno != EWOULDBLOCK) return cannot_create(lock, errno);
    if (!is_locked || !is_same_file(lock_, lock)) {
        return fail(ErrorCode::try_again, "another process is making '" + final_.string() +
                                              "'; let it finish, or name another directory");
    }
    is_ours_ = true;
    if (auto removed = remove_content(); !removed) return removed;
    // The umask may have taken some of the owner's.
    if (chmod(building_.c_str(), 0700) != 0) return cannot_create(building_, errno);
    return {};
}

Result<void> NewBook::remove_content() {
    std::error_code problem;
    for (auto entry = fs::directory_iterator{building_, problem};
         !problem && entry != fs::directory_iterator{}; entry.increment(problem)) {
        if (entry->path().filename() == kLockName) continue;
        std::error_code removal;
        fs::remove_all(entry->path(), removal);
        if (removal) return cannot_create(entry->path(), removal.value());
    }
    if (problem) return cannot_create(building_, problem.value());
    return {};
}

Result<void> NewBook::make(const Id128& book, Stamp stamp, const std::optional<Origin>& origin) {
    if (auto made = Environment::create(journal(), book, stamp, origin); !made) return made;
    auto environment = Environment::open(journal(), Access::read_write);
    if (!environment) return std::unexpected{environment.error()};
    environment_ = *std::move(environment);
    return {};
}

Result<void> NewBook::commit() {
    CHECK_INVARIANT(environment_.use_count() == 1, "nobody writes to a book that gets its name");
    environment_.reset();
    if (auto synced = sync_directory(journal()); !synced) return synced;
    if (auto synced = sync_directory(building_); !synced) return synced;
    // Replaces nothing but an empty directory. The lock goes with it: taken off before, another
    // could begin to remove what gets its name here.
    if (std::rename(building_.c_str(), final_.c_str()) != 0) return cannot_create(final_, errno);
    is_ours_ = false;
    // A book that is killed here keeps an empty file that nobody looks at.
    const fs::path lock = final_ / kLockName;
    if (unlink(lock.c_str()) != 0) return cannot_create(lock, errno);
    if (auto synced = sync_directory(final_); !synced) return synced;
    return sync_directory(final_.parent_path());
}

}  // namespace daybook::journal
