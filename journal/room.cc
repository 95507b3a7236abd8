#include "journal/room.h"

#include <bit>
#include <cerrno>
#include <cstring>
#include <fcntl.h>

#include <lmdb.h>

#include "journal/lmdb_txn.h"

namespace daybook::journal {

namespace {

// LMDB 0.9, 64-bit: a large value lies behind the header of the first of its pages, which begins
// with that page's number. LMDB's on-disk layout; never changes in 0.9.
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kPageHeaderBytes = 16;
struct PageHeader {
    std::uint64_t number = 0;
    std::uint16_t pad = 0;
    std::uint16_t flags = 0;
    std::uint32_t pages = 0;  // of a large value
};
static_assert(sizeof(PageHeader) == kPageHeaderBytes);
constexpr std::uint16_t kOverflowFlag = 0x04;

}  // namespace

void add_room(Bytes stored, std::vector<Room>& rooms) {
    const auto begin = std::bit_cast<std::uintptr_t>(stored.data()) - kPageHeaderBytes;
    if (begin % kPageBytes != 0) return;
    PageHeader page;
    std::memcpy(&page, stored.data() - kPageHeaderBytes, sizeof page);
    const std::uint64_t pages = (kPageHeaderBytes + stored.size() + kPageBytes - 1) / kPageBytes;
    if ((page.flags & kOverflowFlag) == 0 || page.pages != pages) return;
    rooms.push_back({page.number * kPageBytes, pages * kPageBytes});
}

Result<std::uint64_t> give_back(MDB_env* env, const std::vector<Room>& rooms) {
    MDB_stat pages{};
    mdb_env_stat(env, &pages);
    if (pages.ms_psize != kPageBytes) return 0;
    int fd = -1;
    mdb_env_get_fd(env, &fd);
    std::uint64_t given = 0;
    for (const Room& room : rooms) {
        const int code = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                   static_cast<off_t>(room.offset), static_cast<off_t>(room.bytes));
        if (code != 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) return given;
        if (code != 0) return system_error(errno, "cannot give back room of the data file");
        given += room.bytes;
    }
    return given;
}

}  // namespace daybook::journal
