// BackupDirectory: where a backup is written. What counts is what its manifest names, and that is
// replaced as one, after the segments are durable: a crash leaves the backup as it was.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "backup/manifest.h"
#include "base/result.h"
#include "journal/environment.h"

namespace daybook::backup {

// Of a segment that begins there.
std::string name_of_segment(Seq first, std::uint64_t first_block);

class BackupDirectory {
public:
    // Makes a directory of mode 0700 that is a backup of nothing yet, if there is none. Refuses one
    // with other content or of another book, and one that others may look into; `try_again` when
    // another process writes to it. Removes what an interrupted run left; other files are not its
    // own.
    static Result<std::unique_ptr<BackupDirectory>> open(const std::filesystem::path& path,
                                                         const Manifest& new_one);
    ~BackupDirectory();
    BackupDirectory(const BackupDirectory&) = delete;
    BackupDirectory& operator=(const BackupDirectory&) = delete;
    BackupDirectory(BackupDirectory&&) = delete;
    BackupDirectory& operator=(BackupDirectory&&) = delete;

    const std::filesystem::path& path() const { return path_; }
    const Manifest& manifest() const { return manifest_; }
    // The segment's file must be durable, under its name in this directory. The backup has it when
    // this returns; after an error, if `manifest` names it.
    Result<void> add(const StoredSegment& segment);

private:
    BackupDirectory(std::filesystem::path path, int fd) : path_{std::move(path)}, fd_{fd} {}
    Result<void> lock() const;
    Result<void> check_ours() const;
    Result<void> read(const Manifest& new_one);
    Result<void> check_segments() const;
    Result<void> remove_leftovers() const;
    Result<void> write(const Manifest& manifest);

    std::filesystem::path path_;
    int fd_;  // of the directory; locked
    Manifest manifest_;
};

}  // namespace daybook::backup
