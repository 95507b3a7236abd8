#include "export/output_directory.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "export/manifest.h"
#include "export/signature.h"
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

// The files in it; nothing when it holds anything else, or is no directory.
std::optional<std::vector<std::string>> files_of(const fs::path& directory) {
    std::error_code problem;
    if (!fs::is_directory(fs::symlink_status(directory, problem))) return std::nullopt;
    std::vector<std::string> names;
    for (auto entry = fs::directory_iterator{directory, problem};
         !problem && entry != fs::directory_iterator{}; entry.increment(problem)) {
        if (!fs::is_regular_file(entry->symlink_status(problem))) return std::nullopt;
        names.push_back(entry->path().filename().string());
    }
    if (problem) return std::nullopt;
    return names;
}

bool is_of_manifest(std::string_view name) {
    return name == kManifestName || name == kSignatureName;
}

// Whether an export that was interrupted may have left it.
bool is_left(std::string_view name) {
    return is_of_manifest(name) || name == "entries.csv" || name == "balances.csv" ||
           name == "trial-balance.csv" || name.starts_with("journal.") ||
           (name.starts_with("camt053-") && name.ends_with(".xml"));
}

// Whether it is an export and nothing more. A backup has a manifest.json too, and whoever put a
// file beside an export wants it kept: only what a manifest of ours names is thrown away.
bool is_export(const fs::path& directory) {
    const auto names = files_of(directory);
    if (!names) return false;
    const auto manifest = read_manifest(directory);
    if (!manifest) return false;
    return std::ranges::all_of(*names, [&](const std::string& name) {
        return is_of_manifest(name) ||
               std::ranges::find(manifest->files, name, &WrittenFile::name) !=
                   manifest->files.end();
    });
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
    if (is_export(path)) return {};
    return fail(ErrorCode::cannot_create,
                "'" + path.string() +
                    "' is no export, or holds more than one, so --force does not replace it; name "
                    "another directory with --out");
}

Result<void> remove_left(const fs::path& directory) {
    const auto names = files_of(directory);
    if (!names || !std::ranges::all_of(*names, is_left)) {
        return fail(ErrorCode::cannot_create,
                    "'" + directory.string() +
                        "' holds something that no export left; move it away, or name another "
                        "directory with --out");
    }
    for (const auto& name : *names) {
        std::error_code problem;
        fs::remove(directory / name, problem);
        if (problem) return cannot_create(directory / name, problem.value());
    }
    return {};
}

}  // namespace

OutputDirectory::OutputDirectory(fs::path final_path, fs::path partial, int fd, bool must_replace)
    : final_{std::move(final_path)},
      partial_{std::move(partial)},
      fd_{fd},
      must_replace_{must_replace} {}

OutputDirectory::OutputDirectory(OutputDirectory&& other) noexcept
    : final_{std::move(other.final_)},
      partial_{std::move(other.partial_)},
      fd_{std::exchange(other.fd_, -1)},
      must_replace_{other.must_replace_} {}

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
    if (auto removed = remove_left(partial); !removed) {
        close(fd);
        return std::unexpected{removed.error()};
    }
    return OutputDirectory{*path, std::move(partial), fd, must_replace};
}

OutputDirectory::~OutputDirectory() {
    if (fd_ < 0) return;
    if (!partial_.empty() && remove_left(partial_)) rmdir(partial_.c_str());
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
    // This replaces an empty directory, and nothing else.
    bool is_replacing = false;
    if (std::rename(partial_.c_str(), final_.c_str()) != 0) {
        const int code = errno;
        is_replacing = code == ENOTEMPTY || code == EEXIST || code == ENOTDIR;
        if (!is_replacing) return cannot_create(final_, code);
        // Looked at again: what is there now may have come since `open`.
        if (auto is_free = check_free(final_, must_replace_); !is_free) return is_free;
        // The old export changes its place with the new one and is then removed: at every moment
        // one of them is whole under the name.
        if (renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, final_.c_str(), RENAME_EXCHANGE) != 0) {
            return cannot_create(final_, errno);
        }
    }
    const fs::path old = std::exchange(partial_, {});
    if (auto synced = journal::sync_directory(final_.parent_path()); !synced) return synced;
    if (is_replacing && remove_left(old)) rmdir(old.c_str());
    return {};
}

}  // namespace daybook::exports
