#include "journal/open_mark.h"

#include <mutex>
#include <set>
#include <sys/stat.h>
#include <utility>

#include "base/check.h"

namespace daybook::journal {

namespace {

struct OpenFiles {
    std::mutex mutex;
    std::set<std::pair<dev_t, ino_t>> files;
};

OpenFiles& open_files() {
    static OpenFiles files;
    return files;
}

}  // namespace

OpenMark::OpenMark(int fd) {
    struct stat file{};
    CHECK_INVARIANT(fstat(fd, &file) == 0, "an open file can be looked at");
    device_ = file.st_dev;
    inode_ = file.st_ino;
    const std::scoped_lock guard{open_files().mutex};
    const bool is_first = open_files().files.emplace(device_, inode_).second;
    CHECK_INVARIANT(is_first, "a journal is opened once a process; share the Environment");
}

OpenMark::~OpenMark() {
    const std::scoped_lock guard{open_files().mutex};
    open_files().files.erase({device_, inode_});
}

}  // namespace daybook::journal
