// Preloaded into a process: writes down, in order, what it asks of the files below
// $DAYBOOK_RECORDED and every answer it gives, so that power cuts can be played through afterwards
// (recording.h). What it cannot record it refuses, loudly.
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

#include <climits>

#include "tests/power_loss/place.h"
#include "tests/power_loss/recording_file.h"

namespace {

using namespace daybook::power_loss;

using Writev = ssize_t(int, const iovec*, int);

bool is_synchronous(int fd) {
    return (fcntl(fd, F_GETFL) & O_DSYNC) != 0;
}

void put_write(int fd, off_t at, const iovec* parts, int count) {
    const std::uint64_t inode = inode_of(fd);
    if (inode == 0) return;
    std::uint64_t size = 0;
    for (int i = 0; i < count; ++i)
        size += parts[i].iov_len;
    put({Kind::write, 0, inode, is_synchronous(fd), static_cast<std::uint64_t>(at), size}, {},
        parts, count);
}

void put_sync(int fd) {
    if (const std::uint64_t inode = inode_of(fd)) put({Kind::sync, 0, inode, 0, 0, 0});
}

void put_made(Kind kind, const Place& place) {
    put({kind, 0, inode_of(place.path()), inode_of(place.parent), 0, 0}, place.name);
}

int open_recorded(int directory, const char* path, int flags, mode_t mode) {
    static auto* const really = next<int(int, const char*, int, ...)>("openat64");
    const bool may_change = (flags & (O_CREAT | O_TRUNC)) != 0 && (flags & O_TMPFILE) != O_TMPFILE;
    const Place place = may_change ? place_of(directory, path) : Place{};
    const bool is_ours = may_change && place.is_ours();
    const bool was_there = is_ours && inode_of(place.path()) != 0;
    const int fd = really(directory, path, flags, mode);
    if (fd < 0 || !is_ours) return fd;
    if (!was_there) put_made(Kind::make_file, place);
    if (was_there && (flags & O_TRUNC) != 0) put({Kind::resize, 0, inode_of(fd), 0, 0, 0});
    return fd;
}

int remove_recorded(int directory, const char* path, int flags) {
    static auto* const really = next<int(int, const char*, int)>("unlinkat");
    const Place place = place_of(directory, path);
    const int result = really(directory, path, flags);
    if (result == 0 && place.is_ours()) {
        put({Kind::remove, 0, 0, inode_of(place.parent), 0, 0}, place.name);
    }
    return result;
}

int rename_recorded(int from_directory, const char* from, int to_directory, const char* to,
                    unsigned flags) {
    static auto* const really =
        next<int(int, const char*, int, const char*, unsigned)>("renameat2");
    const Place old_place = place_of(from_directory, from);
    const Place new_place = place_of(to_directory, to);
    const bool is_ours = old_place.is_ours() && new_place.is_ours();
    if (is_ours && (flags & RENAME_EXCHANGE) != 0) refuse("an exchange of names", to);
    const int result = really(from_directory, from, to_directory, to, flags);
    if (result != 0 || !is_ours) return result;
    put({Kind::remove, 0, 0, inode_of(old_place.parent), 0, 0}, old_place.name);
    put({Kind::rename, 0, inode_of(new_place.path()), inode_of(new_place.parent), 0, 0},
        new_place.name);
    return 0;
}

// schema/wire.fbs: MessageHeader.
void put_answer(const void* bytes, std::size_t size) {
    constexpr std::uint32_t kMagic = 0x4d4b4244;
    constexpr std::size_t kHeadAt = 32;
    std::uint32_t magic = 0;
    if (size < 64) return;
    std::memcpy(&magic, bytes, sizeof magic);
    if (magic != kMagic) return;
    std::uint64_t head = 0;
    std::memcpy(&head, static_cast<const char*>(bytes) + kHeadAt, sizeof head);
    put({Kind::answer, 0, 0, 0, head, 0});
}

ssize_t positioned_write(int fd, const void* bytes, std::size_t size, off_t at) {
    static auto* const really = next<ssize_t(int, const void*, std::size_t, off_t)>("pwrite64");
    const iovec part{const_cast<void*>(bytes), size};
    put_write(fd, at, &part, 1);
    const ssize_t written = really(fd, bytes, size, at);
    // Through a descriptor opened for synchronous writes it is durable now.
    const std::uint64_t inode = written > 0 && is_synchronous(fd) ? inode_of(fd) : 0;
    if (inode != 0) put({Kind::sync_range, 0, inode, 0, 0, 0});
    return written;
}

mode_t mode_of(int flags, va_list list) {
    return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(list, int)) : mode_t{};
}

}  // namespace

#define OPEN_WITH(name, directory, ...)                     \
    int name(__VA_ARGS__, int flags, ...) {                 \
        va_list list;                                       \
        va_start(list, flags);                              \
        const mode_t mode = mode_of(flags, list);           \
        va_end(list);                                       \
        return open_recorded(directory, path, flags, mode); \
    }

extern "C" {

OPEN_WITH(open, AT_FDCWD, const char* path)
OPEN_WITH(open64, AT_FDCWD, const char* path)
OPEN_WITH(openat, directory, int directory, const char* path)
OPEN_WITH(openat64, directory, int directory, const char* path)

FILE* fopen64(const char* path, const char* mode) {
    static auto* const really = next<FILE*(const char*, const char*)>("fopen64");
    if (std::strpbrk(mode, "wa+") != nullptr && place_of(AT_FDCWD, path).is_ours()) {
        refuse("a file of the C library", path);
    }
    return really(path, mode);
}
FILE* fopen(const char* path, const char* mode) {
    return fopen64(path, mode);
}

int mkdirat(int directory, const char* path, mode_t mode) noexcept {
    static auto* const really = next<int(int, const char*, mode_t)>("mkdirat");
    const int result = really(directory, path, mode);
    if (result != 0) return result;
    if (const Place place = place_of(directory, path); place.is_ours()) {
        put_made(Kind::make_directory, place);
    }
    return 0;
}
int mkdir(const char* path, mode_t mode) noexcept {
    return mkdirat(AT_FDCWD, path, mode);
}

int unlinkat(int directory, const char* path, int flags) noexcept {
    return remove_recorded(directory, path, flags);
}
int unlink(const char* path) noexcept {
    return remove_recorded(AT_FDCWD, path, 0);
}
int rmdir(const char* path) noexcept {
    return remove_recorded(AT_FDCWD, path, AT_REMOVEDIR);
}
int remove(const char* path) noexcept {
    const int result = remove_recorded(AT_FDCWD, path, 0);
    return result != 0 && errno == EISDIR ? rmdir(path) : result;
}

int renameat2(int from_directory, const char* from, int to_directory, const char* to,
              unsigned flags) noexcept {
    return rename_recorded(from_directory, from, to_directory, to, flags);
}
int rename(const char* from, const char* to) noexcept {
    return rename_recorded(AT_FDCWD, from, AT_FDCWD, to, 0);
}

ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t at) {
    return positioned_write(fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void* bytes, std::size_t size, off64_t at) {
    return positioned_write(fd, bytes, size, at);
}

ssize_t write(int fd, const void* bytes, std::size_t size) {
    static auto* const really = next<ssize_t(int, const void*, std::size_t)>("write");
    const iovec part{const_cast<void*>(bytes), size};
    const off_t at = lseek(fd, 0, (fcntl(fd, F_GETFL) & O_APPEND) != 0 ? SEEK_END : SEEK_CUR);
    if (at >= 0) put_write(fd, at, &part, 1);
    return really(fd, bytes, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
    static auto* const really = next<Writev>("writev");
    const off_t at = lseek(fd, 0, SEEK_CUR);
    if (at >= 0) put_write(fd, at, parts, count);
    return really(fd, parts, count);
}

int fdatasync(int fd) {
    static auto* const really = next<int(int)>("fdatasync");
    const int result = really(fd);
    if (result == 0) put_sync(fd);
    return result;
}

int fsync(int fd) {
    static auto* const really = next<int(int)>("fsync");
    const int result = really(fd);
    if (result == 0) put_sync(fd);
    return result;
}

int ftruncate64(int fd, off64_t size) noexcept {
    static auto* const really = next<int(int, off64_t)>("ftruncate64");
    if (const std::uint64_t inode = inode_of(fd)) {
        put({Kind::resize, 0, inode, 0, static_cast<std::uint64_t>(size), 0});
    }
    return really(fd, size);
}
int ftruncate(int fd, off_t size) noexcept {
    return ftruncate64(fd, size);
}

// A hole reads as zeros.
int fallocate64(int fd, int mode, off64_t at, off64_t size) {
    static auto* const really = next<int(int, int, off64_t, off64_t)>("fallocate64");
    if (inode_of(fd) != 0) {
        if (mode != (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)) refuse("this fallocate", "");
        std::vector<char> zeros(static_cast<std::size_t>(size));
        const iovec part{zeros.data(), zeros.size()};
        put_write(fd, at, &part, 1);
    }
    return really(fd, mode, at, size);
}
int fallocate(int fd, int mode, off_t at, off_t size) {
    return fallocate64(fd, mode, at, size);
}

void* mmap64(void* place, std::size_t size, int protection, int flags, int fd,
             off64_t at) noexcept {
    static auto* const really = next<void*(void*, std::size_t, int, int, int, off64_t)>("mmap64");
    const bool writes = (protection & PROT_WRITE) != 0 && (flags & MAP_SHARED) != 0 && fd >= 0;
    if (writes && inode_of(fd) != 0) refuse("writes through a map", "mmap");
    return really(place, size, protection, flags, fd, at);
}
void* mmap(void* place, std::size_t size, int protection, int flags, int fd, off_t at) noexcept {
    return mmap64(place, size, protection, flags, fd, at);
}

int zmq_msg_send(void* message, void* socket, int flags) {
    static auto* const really = next<int(void*, void*, int)>("zmq_msg_send");
    static auto* const data = next<void*(void*)>("zmq_msg_data");
    static auto* const size = next<std::size_t(const void*)>("zmq_msg_size");
    put_answer(data(message), size(message));
    return really(message, socket, flags);
}

int zmq_send(void* socket, const void* bytes, std::size_t size, int flags) {
    static auto* const really = next<int(void*, const void*, std::size_t, int)>("zmq_send");
    put_answer(bytes, size);
    return really(socket, bytes, size, flags);
}

}  // extern "C"
