#include "backup/directory.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <set>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "journal/directory.h"

namespace daybook::backup {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSegmentEnd = ".segment";
constexpr std::string_view kPartialEnd = ".partial";
// So that names sort as the Seqs do.
constexpr std::size_t kDigitsMin = 12;

std::unexpected<Error> cannot_write(const fs::path& path, int code) {
    const bool is_full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    return fail(
        code == EACCES || code == EPERM ? ErrorCode::no_permission : ErrorCode::cannot_create,
        "cannot write '" + path.string() + "': " + std::generic_category().message(code) +
            (is_full ? "; make room or choose another place" : "") + "; the backup is as it was");
}

// As name_of_segment makes it.
bool is_segment_name(std::string_view name) {
    if (!name.ends_with(kSegmentEnd)) return false;
    name.remove_suffix(kSegmentEnd.size());
    const auto dash = name.find('-');
    if (dash == std::string_view::npos) return false;
    return std::ranges::all_of(
        std::array{name.substr(0, dash), name.substr(dash + 1)}, [](std::string_view digits) {
            return digits.size() >= kDigitsMin &&
                   digits.find_first_not_of("0123456789") == std::string_view::npos;
        });
}

// What an interrupted run may have written.
bool is_leftover(std::string_view name) {
    const bool is_partial = name.ends_with(kPartialEnd);
    if (is_partial) name.remove_suffix(kPartialEnd.size());
    return is_segment_name(name) || (is_partial && name == kManifestName);
}

Result<void> write_whole(const fs::path& path, std::string_view content) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return cannot_write(path, errno);
    int code = fchmod(fd, 0600) == 0 ? 0 : errno;
    while (code == 0 && !content.empty()) {
        const auto written = write(fd, content.data(), content.size());
        if (written < 0 && errno != EINTR) code = errno;
        if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (code == 0 && fsync(fd) != 0) code = errno;
    close(fd);
    if (code != 0) return cannot_write(path, code);
    return {};
}

// Absolute and without a slash at its end, so that it has a name and a directory around it.
Result<fs::path> tidied(const fs::path& path) {
    std::error_code problem;
    fs::path tidy = fs::absolute(path, problem).lexically_normal();
    if (problem) return cannot_write(path, problem.value());
    if (!tidy.has_filename()) tidy = tidy.parent_path();
    return tidy;
}

// Durable, as an entry of the directory around it, even when an earlier run was cut off before
// that.
Result<void> make(const fs::path& path) {
    if (mkdir(path.c_str(), 0700) != 0) {
        if (errno != EEXIST) return cannot_write(path, errno);
    } else if (chmod(path.c_str(), 0700) != 0) {
        return cannot_write(path, errno);
    }
    return journal::sync_directory(path.parent_path());
}

}  // namespace

std::string name_of_segment(Seq first, std::uint64_t first_block) {
    std::array<char, 64> digits{};
    std::snprintf(digits.data(), digits.size(), "%012llu-%012llu",
                  static_cast<unsigned long long>(first.value()),
                  static_cast<unsigned long long>(first_block));
    return std::string{digits.data()}.append(kSegmentEnd);
}

BackupDirectory::~BackupDirectory() {
    close(fd_);
}

Result<std::unique_ptr<BackupDirectory>> BackupDirectory::open(const fs::path& path,
                                                               const Manifest& new_one) {
    const auto tidy = tidied(path);
    if (!tidy) return std::unexpected{tidy.error()};
    if (auto made = make(*tidy); !made) return std::unexpected{made.error()};
    const int fd = ::open(tidy->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return cannot_write(*tidy, errno);
    std::unique_ptr<BackupDirectory> directory{new BackupDirectory{*tidy, fd}};
    if (auto locked = directory->lock(); !locked) return std::unexpected{locked.error()};
    if (auto ours = directory->check_ours(); !ours) return std::unexpected{ours.error()};
    if (auto done = directory->read(new_one); !done) return std::unexpected{done.error()};
    if (auto done = directory->check_segments(); !done) return std::unexpected{done.error()};
    if (auto done = directory->remove_leftovers(); !done) return std::unexpected{done.error()};
    // A manifest that an interrupted run named is what a run that finds nothing new reports.
    if (auto synced = journal::sync_directory(*tidy); !synced) {
        return std::unexpected{synced.error()};
    }
    return directory;
}

Result<void> BackupDirectory::lock() const {
    if (flock(fd_, LOCK_EX | LOCK_NB) == 0) return {};
    // Some network file systems have none.
    if (errno == ENOLCK || errno == EOPNOTSUPP || errno == EBADF) return {};
    if (errno != EWOULDBLOCK) return cannot_write(path_, errno);
    return fail(ErrorCode::try_again, "another process is writing to '" + path_.string() +
                                          "'; let it finish, or name another directory");
}

// It holds everything that the journal does.
Result<void> BackupDirectory::check_ours() const {
    struct stat entry{};
    if (fstat(fd_, &entry) != 0) return cannot_write(path_, errno);
    if (entry.st_uid != geteuid()) {
        return fail(ErrorCode::no_permission, "'" + path_.string() + "' belongs to user " +
                                                  std::to_string(entry.st_uid) +
                                                  "; run as that user or chown it");
    }
    if ((entry.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(ErrorCode::no_permission, "'" + path_.string() +
                                                  "' is open to other users, and a backup holds "
                                                  "the whole book; chmod 700 " +
                                                  path_.string());
    }
    return {};
}

Result<void> BackupDirectory::read(const Manifest& new_one) {
    std::error_code problem;
    if (!fs::exists(path_ / kManifestName, problem)) {
        for (const auto& entry : fs::directory_iterator{path_, problem}) {
            const std::string name = entry.path().filename().string();
            // Of a first run that was cut off before its first manifest had its name.
            if (name == std::string{kManifestName}.append(kPartialEnd)) continue;
            const bool is_segment = name.ends_with(kSegmentEnd);
            return fail(
                ErrorCode::cannot_create,
                "'" + path_.string() + "' holds " + name +
                    (is_segment ? " but no manifest.json, which has been removed; put it back, "
                                : " and is no backup; ") +
                    "or name another directory");
        }
        if (problem) return cannot_write(path_, problem.value());
        return write(new_one);
    }
    auto manifest = read_manifest(path_);
    if (!manifest) return std::unexpected{manifest.error()};
    if (manifest->book != new_one.book) {
        return fail(ErrorCode::damaged, "'" + path_.string() + "' is a backup of book " +
                                            to_hex(manifest->book.bytes) + ", and this is book " +
                                            to_hex(new_one.book.bytes) +
                                            "; name another directory");
    }
    if (manifest->genesis_hash != new_one.genesis_hash) {
        return fail(
            ErrorCode::damaged,
            "'" + path_.string() +
                "' is a backup of a book with another genesis block; name another directory");
    }
    manifest_ = *std::move(manifest);
    return {};
}

// That they are there and what the manifest says of them; not every byte (verify_backup).
Result<void> BackupDirectory::check_segments() const {
    for (const StoredSegment& stored : manifest_.segments) {
        const auto segment = journal::Segment::open(path_ / stored.name);
        const bool is_sound = segment && (*segment)->info() == stored.info;
        if (is_sound) continue;
        // What cannot be read just now is not lost.
        const bool is_lost = segment || segment.error().code == ErrorCode::damaged ||
                             segment.error().code == ErrorCode::not_found;
        if (!is_lost) {
            return fail(segment.error().code, segment.error().detail + "; the backup is as it was");
        }
        return fail(ErrorCode::damaged,
                    "'" + path_.string() + "' is damaged: " +
                        (segment ? stored.name + " is not the segment its manifest says"
                                 : segment.error().detail) +
                        "; nothing was added to it, begin another backup");
    }
    return {};
}

Result<void> BackupDirectory::remove_leftovers() const {
    std::set<std::string_view> named;
    for (const StoredSegment& segment : manifest_.segments)
        named.insert(segment.name);
    std::error_code problem;
    for (auto entry = fs::directory_iterator{path_, problem};
         !problem && entry != fs::directory_iterator{}; entry.increment(problem)) {
        const std::string name = entry->path().filename().string();
        if (named.contains(name) || !is_leftover(name)) continue;
        if (unlink(entry->path().c_str()) != 0) return cannot_write(entry->path(), errno);
    }
    if (problem) return cannot_write(path_, problem.value());
    return {};
}

Result<void> BackupDirectory::add(const StoredSegment& segment) {
    Manifest next = manifest_;
    next.segments.push_back(segment);
    return write(next);
}

Result<void> BackupDirectory::write(const Manifest& manifest) {
    const fs::path path = path_ / kManifestName;
    fs::path partial = path;
    partial += kPartialEnd;
    if (auto written = write_whole(partial, to_text(manifest)); !written) {
        unlink(partial.c_str());
        return written;
    }
    if (std::rename(partial.c_str(), path.c_str()) != 0) return cannot_write(path, errno);
    manifest_ = manifest;
    return journal::sync_directory(path_);
}

}  // namespace daybook::backup
