#include "cli/report_directory.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/check.h"

namespace daybook::cli {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot(const std::string& doing, const fs::path& path, int error) {
    return fail(ErrorCode::cannot_create, "cannot " + doing + " '" + path.string() +
                                              "': " + std::system_category().message(error));
}

// Whether it holds nothing but such files.
bool is_ours(const fs::path& directory, const std::vector<std::string>& names) {
    std::error_code problem;
    fs::directory_iterator entries{directory, problem};
    if (problem) return false;
    return std::ranges::all_of(entries, [&](const fs::directory_entry& entry) {
        return std::ranges::find(names, entry.path().filename().string()) != names.end();
    });
}

Result<void> check_place(const fs::path& place, const std::vector<std::string>& names,
                         bool is_forced) {
    std::error_code problem;
    if (!fs::exists(fs::symlink_status(place, problem))) return {};
    if (!fs::is_directory(fs::symlink_status(place, problem)) || !is_ours(place, names)) {
        return fail(ErrorCode::cannot_create, "'" + place.string() +
                                                  "' holds something else than such reports; "
                                                  "name another directory");
    }
    if (is_forced) return {};
    return fail(ErrorCode::cannot_create,
                "'" + place.string() + "' is there; --force replaces it, or name another");
}

void sync_directory(const fs::path& directory) {
    const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

Result<void> write_all(int fd, std::string_view text, const fs::path& path) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return cannot("write", path, errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace

ReportDirectory::ReportDirectory(fs::path place, std::vector<std::string> names, int lock)
    : place_{std::move(place)}, names_{std::move(names)}, lock_{lock} {}

ReportDirectory::ReportDirectory(ReportDirectory&& other) noexcept
    : place_{std::move(other.place_)},
      names_{std::move(other.names_)},
      lock_{std::exchange(other.lock_, -1)} {}

ReportDirectory::~ReportDirectory() {
    if (lock_ < 0) return;
    remove_files(part());
    close(lock_);
}

fs::path ReportDirectory::part() const {
    auto part = place_;
    part += ".part";
    return part;
}

void ReportDirectory::remove_files(const fs::path& directory) const {
    for (const auto& name : names_)
        unlink((directory / name).c_str());
    rmdir(directory.c_str());
}

Result<ReportDirectory> ReportDirectory::begin(const fs::path& place,
                                               std::vector<std::string> names, bool is_forced) {
    // `out/` has no name of its own.
    auto named = place.lexically_normal();
    if (!named.has_filename()) named = named.parent_path();
    if (auto checked = check_place(named, names, is_forced); !checked) {
        return std::unexpected{checked.error()};
    }
    auto part = named;
    part += ".part";
    if (mkdir(part.c_str(), 0750) != 0 && errno != EEXIST) return cannot("make", part, errno);
    const int lock = open(part.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock < 0) return cannot("open", part, errno);
    ReportDirectory directory{named, std::move(names), lock};
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        close(std::exchange(directory.lock_, -1));
        return fail(ErrorCode::try_again, "another process writes '" + part.string() + "'");
    }
    if (!is_ours(part, directory.names_)) {
        close(std::exchange(directory.lock_, -1));
        return fail(ErrorCode::cannot_create,
                    "'" + part.string() + "' holds something else; remove it");
    }
    for (const auto& name : directory.names_)
        unlink((part / name).c_str());
    return directory;
}

Result<void> ReportDirectory::write(const std::string& name,
                                    const std::function<Result<void>(const Sink&)>& fill) {
    constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
    CHECK_INVARIANT(std::ranges::find(names_, name) != names_.end(), "one of its files");
    const auto path = part() / name;
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd < 0) return cannot("make", path, errno);
    std::string gathered;
    auto done = fill([&](std::string_view text) -> Result<void> {
        gathered += text;
        if (gathered.size() < kPieceBytes) return {};
        auto written = write_all(fd, gathered, path);
        gathered.clear();
        return written;
    });
    if (done) done = write_all(fd, gathered, path);
    if (done && fsync(fd) != 0) done = cannot("sync", path, errno);
    if (close(fd) != 0 && done) done = cannot("close", path, errno);
    return done;
}

Result<void> ReportDirectory::commit() {
    sync_directory(part());
    // An older one changes places with it, so that at every moment one of them is there.
    const bool is_new =
        renameat2(AT_FDCWD, part().c_str(), AT_FDCWD, place_.c_str(), RENAME_NOREPLACE) == 0;
    if (!is_new) {
        if (errno != EEXIST ||
            renameat2(AT_FDCWD, part().c_str(), AT_FDCWD, place_.c_str(), RENAME_EXCHANGE) != 0) {
            return cannot("move the reports to", place_, errno);
        }
        remove_files(part());
    }
    const auto parent = place_.parent_path();
    sync_directory(parent.empty() ? fs::path{"."} : parent);
    close(std::exchange(lock_, -1));
    return {};
}

}  // namespace daybook::cli
