#include "export/output_directory.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "export/manifest.h"
#include "journal/directory.h"

namespace daybook::exports {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot_create(const fs::path& path, int code) {
    return fail(ErrorCode::cannot_create,
                "cannot create '" + path.string() + "': " + std::generic_category().message(code));
}

// Absolute and without a slash at its end, so that it has a name and a directory around it.
Result<fs::path> tidied(const fs::path& path) {
    std::error_code problem;
    fs::path tidy = fs::absolute(path, problem).lexically_normal();
    if (problem) return cannot_create(path, problem.value());
    if (!tidy.has_filename()) tidy = tidy.parent_path();
    return tidy;
}

Result<void> check_free(const fs::path& path, bool must_replace) {
    std::error_code problem;
    if (!fs::exists(fs::symlink_status(path, problem))) return {};
    const bool is_empty = fs::is_directory(path, problem) && fs::is_empty(path, problem);
    if (is_empty) return {};
    if (!must_replace) {
        return fail(ErrorCode::cannot_create, "'" + path.string() +
                                                  "' is there already; name another directory with "
                                                  "--out, or replace it with --force");
    }
    if (fs::exists(path / kManifestName, problem)) return {};
    return fail(ErrorCode::cannot_create,
                "'" + path.string() +
                    "' is no export, so --force does not replace it; name another directory with "
                    "--out");
}

Result<void> remove_content(const fs::path& directory) {
    std::error_code problem;
    for (auto entry = fs::directory_iterator{directory, problem};
         !problem && entry != fs::directory_iterator{}; entry.increment(problem)) {
        std::error_code removal;
        fs::remove_all(entry->path(), removal);
        if (removal) return cannot_create(entry->path(), removal.value());
    }
    if (problem) return cannot_create(directory, problem.value());
    return {};
}

}  // namespace

OutputDirectory::OutputDirectory(fs::path final_path, fs::path partial, int fd)
    : final_{std::move(final_path)}, partial_{std::move(partial)}, fd_{fd} {}

OutputDirectory::OutputDirectory(OutputDirectory&& other) noexcept
    : final_{std::move(other.final_)},
      partial_{std::move(other.partial_)},
      fd_{std::exchange(other.fd_, -1)} {}

Result<OutputDirectory> OutputDirectory::open(const fs::path& final_path, bool must_replace) {
    const auto path = tidied(final_path);
    if (!path) return std::unexpected{path.error()};
    if (auto is_free = check_free(*path, must_replace); !is_free) {
        return std::unexpected{is_free.error()};
    }
    fs::path partial = *path;
    partial += ".partial";
    if (mkdir(partial.c_str(), 0750) != 0 && errno != EEXIST) return cannot_create(partial, errno);
    const int fd = ::open(partial.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return cannot_create(partial, errno);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return fail(ErrorCode::try_again, "another process is writing '" + partial.string() +
                                              "'; let it finish, or name another directory");
    }
    OutputDirectory directory{*path, std::move(partial), fd};
    if (auto removed = remove_content(directory.partial_); !removed) {
        return std::unexpected{removed.error()};
    }
    return directory;
}

OutputDirectory::~OutputDirectory() {
    if (fd_ < 0) return;
    std::error_code ignored;
    if (!partial_.empty()) fs::remove_all(partial_, ignored);
    close(fd_);
}

Result<void> OutputDirectory::add(std::string_view name, std::string_view content) const {
    const fs::path path = partial_ / name;
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd < 0) return cannot_create(path, errno);
    int code = 0;
    while (code == 0 && !content.empty()) {
        const auto written = write(fd, content.data(), content.size());
        if (written < 0 && errno != EINTR) code = errno;
        if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (code == 0 && fsync(fd) != 0) code = errno;
    close(fd);
    if (code != 0) return cannot_create(path, code);
    return {};
}

Result<void> OutputDirectory::commit() {
    if (auto synced = journal::sync_directory(partial_); !synced) return synced;
    // An export that is replaced changes its place with the new one and is then removed: at every
    // moment one of them is whole under the name. An empty directory is simply replaced.
    std::error_code problem;
    const bool has_old = fs::exists(final_ / kManifestName, problem);
    const int renamed =
        has_old ? renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, final_.c_str(), RENAME_EXCHANGE)
                : std::rename(partial_.c_str(), final_.c_str());
    if (renamed != 0) return cannot_create(final_, errno);
    if (!has_old) partial_.clear();
    if (auto synced = journal::sync_directory(final_.parent_path()); !synced) return synced;
    if (has_old) fs::remove_all(std::exchange(partial_, {}), problem);
    return {};
}

}  // namespace daybook::exports
