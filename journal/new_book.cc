#include "journal/new_book.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
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

Result<void> check_free(const fs::path& path) {
    std::error_code problem;
    if (!fs::exists(fs::symlink_status(path, problem))) return {};
    if (fs::is_directory(path, problem) && fs::is_empty(path, problem)) return {};
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

NewBook::~NewBook() {
    environment_.reset();
    std::error_code ignored;
    if (is_ours_) fs::remove_all(building_, ignored);
    if (lock_ >= 0) close(lock_);
}

Result<std::unique_ptr<NewBook>> NewBook::create(const fs::path& data, const Id128& book,
                                                 Stamp stamp, const std::optional<Origin>& origin) {
    std::error_code problem;
    fs::path path = fs::absolute(data, problem).lexically_normal();
    if (problem) return cannot_create(data, problem.value());
    if (!path.has_filename()) path = path.parent_path();
    if (auto is_free = check_free(path); !is_free) return std::unexpected{is_free.error()};
    auto made = std::unique_ptr<NewBook>{new NewBook{path}};
    if (auto taken = made->take_place(); !taken) return std::unexpected{taken.error()};
    if (auto done = made->make(book, stamp, origin); !done) return std::unexpected{done.error()};
    return made;
}

// Two processes building the same book would remove each other's work.
Result<void> NewBook::take_place() {
    if (mkdir(building_.c_str(), 0700) != 0 && errno != EEXIST) {
        return cannot_create(building_, errno);
    }
    const fs::path lock = building_ / kLockName;
    lock_ = open(lock.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (lock_ < 0) return cannot_create(lock, errno);
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0 || !is_same_file(lock_, lock)) {
        return fail(ErrorCode::try_again, "another process is making '" + final_.string() +
                                              "'; let it finish, or name another directory");
    }
    is_ours_ = true;
    std::error_code problem;
    for (auto entry = fs::directory_iterator{building_, problem};
         !problem && entry != fs::directory_iterator{}; entry.increment(problem)) {
        if (entry->path() == lock) continue;
        std::error_code removal;
        fs::remove_all(entry->path(), removal);
        if (removal) return cannot_create(entry->path(), removal.value());
    }
    if (problem) return cannot_create(building_, problem.value());
    // The umask may have taken some of the owner's.
    if (chmod(building_.c_str(), 0700) != 0) return cannot_create(building_, errno);
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
    const fs::path lock = building_ / kLockName;
    if (unlink(lock.c_str()) != 0) return cannot_create(lock, errno);
    if (auto synced = sync_directory(building_); !synced) return synced;
    // Replaces nothing but an empty directory.
    if (std::rename(building_.c_str(), final_.c_str()) != 0) return cannot_create(final_, errno);
    is_ours_ = false;
    return sync_directory(final_.parent_path());
}

}  // namespace daybook::journal
