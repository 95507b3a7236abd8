// Preloaded into a server: writes down, in order, what the process asks of its LMDB files (writes
// and syncs) and every answer it gives, so that power cuts can be played through afterwards. Each
// entry of $DAYBOOK_RECORDING: an Entry, then its bytes.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

enum class Kind : std::uint32_t { write = 1, sync = 2, answer = 3, resize = 4 };

struct Entry {
    Kind kind;
    std::uint32_t file;  // 1: the journal, 2: the projection
    std::uint64_t at;    // offset; of an answer: the Seq it rests on; of a resize: the size
    std::uint64_t size;
};

template <typename Function>
Function* next(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int recording() {
    static const int fd = [] {
        const char* path = std::getenv("DAYBOOK_RECORDING");
        return path == nullptr ? -1 : open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    }();
    return fd;
}

// 0: none of ours.
std::uint32_t file_of(int fd) {
    char link[32];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    char path[4096];
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = '\0';
    // A new one is made under another name, which starts like the last.
    if (std::strstr(path, "/data.mdb") == nullptr) return 0;
    if (std::strstr(path, "/journal") != nullptr) return 1;
    if (std::strstr(path, "/projection") != nullptr) return 2;
    return 0;
}

void put(const Entry& entry, const iovec* parts, int count) {
    static auto* const really = next<ssize_t(int, const iovec*, int)>("writev");
    if (recording() < 0) return;
    iovec all[65];
    all[0] = {const_cast<Entry*>(&entry), sizeof entry};
    for (int i = 0; i < count; ++i)
        all[i + 1] = parts[i];
    const auto size = static_cast<ssize_t>(sizeof entry + (parts != nullptr ? entry.size : 0));
    if (really(recording(), all, count + 1) != size) std::abort();
}

void put_write(int fd, off_t at, const iovec* parts, int count) {
    const std::uint32_t file = file_of(fd);
    if (file == 0) return;
    std::uint64_t size = 0;
    for (int i = 0; i < count; ++i)
        size += parts[i].iov_len;
    if (count > 64) std::abort();
    put({Kind::write, file, static_cast<std::uint64_t>(at), size}, parts, count);
}

// A write through a descriptor opened for synchronous writes is durable when it returns.
void put_durable_write(int fd, off_t at, std::size_t size) {
    const std::uint32_t file = file_of(fd);
    if (file == 0 || (fcntl(fd, F_GETFL) & O_DSYNC) == 0) return;
    put({Kind::sync, file, static_cast<std::uint64_t>(at), size}, nullptr, 0);
}

void put_sync(int fd) {
    const std::uint32_t file = file_of(fd);
    if (file != 0) put({Kind::sync, file, 0, 0}, nullptr, 0);  // of everything before
}

void put_resize(int fd, off_t size) {
    const std::uint32_t file = file_of(fd);
    if (file != 0) put({Kind::resize, file, static_cast<std::uint64_t>(size), 0}, nullptr, 0);
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
    put({Kind::answer, 0, head, 0}, nullptr, 0);
}

ssize_t positioned_write(int fd, const void* bytes, std::size_t size, off_t at) {
    static auto* const really = next<ssize_t(int, const void*, std::size_t, off_t)>("pwrite64");
    const iovec part{const_cast<void*>(bytes), size};
    put_write(fd, at, &part, 1);
    const ssize_t written = really(fd, bytes, size, at);
    if (written > 0) put_durable_write(fd, at, static_cast<std::size_t>(written));
    return written;
}

}  // namespace

extern "C" {

ssize_t pwrite(int fd, const void* bytes, std::size_t size, off_t at) {
    return positioned_write(fd, bytes, size, at);
}
ssize_t pwrite64(int fd, const void* bytes, std::size_t size, off64_t at) {
    return positioned_write(fd, bytes, size, at);
}

ssize_t write(int fd, const void* bytes, std::size_t size) {
    static auto* const really = next<ssize_t(int, const void*, std::size_t)>("write");
    const iovec part{const_cast<void*>(bytes), size};
    const off_t at = lseek(fd, 0, SEEK_CUR);
    if (at >= 0) put_write(fd, at, &part, 1);
    return really(fd, bytes, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
    static auto* const really = next<ssize_t(int, const iovec*, int)>("writev");
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

int ftruncate(int fd, off_t size) noexcept {
    static auto* const really = next<int(int, off_t)>("ftruncate64");
    put_resize(fd, size);
    return really(fd, size);
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
