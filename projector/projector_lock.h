// ProjectorLock: one projector a projection, by flock on a file of its own (closing lock.mdb would
// drop LMDB's locks).
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"

namespace daybook::projector {

class ProjectorLock {
public:
    // `try_again`, naming the holder, if there is one.
    static Result<std::unique_ptr<ProjectorLock>> acquire(const std::filesystem::path& directory);

    ~ProjectorLock();
    ProjectorLock(const ProjectorLock&) = delete;
    ProjectorLock& operator=(const ProjectorLock&) = delete;
    ProjectorLock(ProjectorLock&&) = delete;
    ProjectorLock& operator=(ProjectorLock&&) = delete;

private:
    explicit ProjectorLock(int fd) : fd_{fd} {}

    int fd_;
};

}  // namespace daybook::projector
