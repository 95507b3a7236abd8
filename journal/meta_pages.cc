#include "journal/meta_pages.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "journal/lmdb_txn.h"

namespace daybook::journal {

namespace {

// LMDB 0.9, 64-bit: page header (MDB_page) and MDB_meta. LMDB's on-disk layout; never changes in
// 0.9.
struct MetaPageBytes {
    std::uint64_t page_number;
    std::uint16_t pad;
    std::uint16_t flags;
    std::uint32_t unused;
    std::uint32_t magic;
    std::uint32_t version;
    std::uint64_t address;
    std::uint64_t map_bytes;
    std::uint32_t page_bytes;  // in the free database's md_pad
    std::array<std::uint32_t, 23> databases;
    std::uint64_t last_page;
    std::uint64_t txn_id;
};
static_assert(offsetof(MetaPageBytes, magic) == 16);
static_assert(offsetof(MetaPageBytes, page_bytes) == 40);
static_assert(offsetof(MetaPageBytes, last_page) == 136);
static_assert(sizeof(MetaPageBytes) == 152);

constexpr std::uint32_t kLmdbMagic = 0xBEEFC0DE;
constexpr std::uint32_t kLmdbVersion = 1;
constexpr std::uint16_t kMetaFlag = 0x08;

constexpr const char* kRestore = "; restore from a backup";

Result<MetaPageBytes> read_meta_page(int fd, std::uint64_t offset) {
    MetaPageBytes page{};
    const ssize_t got = pread(fd, &page, sizeof page, static_cast<off_t>(offset));
    if (got < 0) return system_error(errno, "cannot read the data file");
    if (std::cmp_not_equal(got, sizeof page)) {
        return fail(ErrorCode::damaged,
                    std::string{"the data file ends in its meta pages"} + kRestore);
    }
    const bool is_meta = (page.flags & kMetaFlag) != 0 && page.magic == kLmdbMagic &&
                         page.version == kLmdbVersion && std::has_single_bit(page.page_bytes) &&
                         page.page_bytes >= 512 && page.page_bytes <= 65536;
    if (!is_meta) {
        return fail(
            ErrorCode::damaged,
            std::string{"the data file's meta pages are not those of a journal"} + kRestore);
    }
    return page;
}

}  // namespace

Result<MetaPage> newest_meta_page(int fd) {
    const auto first = read_meta_page(fd, 0);
    if (!first) return std::unexpected{first.error()};
    const auto second = read_meta_page(fd, first->page_bytes);
    if (!second) return std::unexpected{second.error()};
    const MetaPageBytes& newest = first->txn_id > second->txn_id ? *first : *second;
    return MetaPage{
        .txn_id = newest.txn_id, .last_page = newest.last_page, .page_bytes = newest.page_bytes};
}

Result<void> check_length(int fd, const MetaPage& meta) {
    struct stat file{};
    if (fstat(fd, &file) != 0) return system_error(errno, "cannot stat the data file");
    const std::uint64_t pages = static_cast<std::uint64_t>(file.st_size) / meta.page_bytes;
    if (pages <= meta.last_page) {
        return fail(ErrorCode::damaged, "the data file is truncated: " + std::to_string(pages) +
                                            " pages of at least " + std::to_string(meta.last_page) +
                                            kRestore);
    }
    return {};
}

}  // namespace daybook::journal
