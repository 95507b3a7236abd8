// OpenMark: one entry in the process's list of open journals. Opening one twice would drop LMDB's
// locks (they are the process's), and snapshots would silently read recycled pages.
#pragma once

#include <sys/types.h>

namespace daybook::journal {

class OpenMark {
public:
    // The data file, open as `fd`, must not be marked yet (checked).
    explicit OpenMark(int fd);
    ~OpenMark();
    OpenMark(const OpenMark&) = delete;
    OpenMark& operator=(const OpenMark&) = delete;
    OpenMark(OpenMark&&) = delete;
    OpenMark& operator=(OpenMark&&) = delete;

private:
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

}  // namespace daybook::journal
