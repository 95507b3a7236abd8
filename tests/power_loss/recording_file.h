// Of a process that is recorded (recorder.cc): where its recording is written, and which files
// belong in it.
#pragma once

#include <cstdint>
#include <dlfcn.h>
#include <string>
#include <sys/uio.h>

#include "tests/power_loss/recording.h"

namespace daybook::power_loss {

// The function of that name that the process would have called.
template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// What cannot be recorded ends the process.
[[noreturn]] void refuse(const char* what, const char* path);

// 0: it is not there, or, of a descriptor, none of ours.
std::uint64_t inode_of(const std::string& path);
std::uint64_t inode_of(int fd);

// Appends one entry; `entry.size` is that of all parts.
void put(Entry entry, const std::string& name = {}, const iovec* parts = nullptr, int count = 0);

}  // namespace daybook::power_loss
