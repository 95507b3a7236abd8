// WriterLock: one writer a journal, by flock on a file of its own (closing lock.mdb would drop
// LMDB's locks). Followers watch the same file: it changes once a commit, after readers can see it.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"

namespace daybook::journal {

class WriterLock {
public:
    // `try_again`, naming the holder, if another process has it.
    static Result<std::unique_ptr<WriterLock>> acquire(const std::filesystem::path& directory);
    // Makes the file if a backup left it out, so that it can be watched.
    static Result<void> ensure_file(const std::filesystem::path& directory);

    ~WriterLock();
    WriterLock(const WriterLock&) = delete;
    WriterLock& operator=(const WriterLock&) = delete;
    WriterLock(WriterLock&&) = delete;
    WriterLock& operator=(WriterLock&&) = delete;

    // Wakes the followers of every process.
    void announce() const;

private:
    explicit WriterLock(int fd) : fd_{fd} {}

    int fd_;
};

}  // namespace daybook::journal
