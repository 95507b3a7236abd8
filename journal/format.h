// The bytes of the journal on disk, shared by whoever writes and reads them.
// Their document, with an example, is journal/FORMAT.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bytes.h"

namespace daybook::journal {

// On disk. Never renumber; append only. Everything is little-endian, except keys.

inline constexpr std::uint32_t kBlockMagic = 0x424B4244;  // "DBKB"
inline constexpr std::uint16_t kFormatVersion = 2;
// Of the genesis block of a fork alone: programs that do not know forks do not open one.
inline constexpr std::uint16_t kForkVersion = 3;

// Names of the two databases in the environment, and the files beside it.
inline constexpr const char* kBlocksName = "blocks";
inline constexpr const char* kEpochsName = "epochs";
inline constexpr const char* kDataFile = "data.mdb";
inline constexpr const char* kLmdbLockFile = "lock.mdb";  // never open it
inline constexpr const char* kWriterLockFile = "writer.lock";

// First byte of everything hashed, so that no two kinds can be taken for each other. The first two
// are RFC 6962's.
enum class HashDomain : std::uint8_t { leaf = 0, node = 1, block_header = 2, segment = 3 };

// A stored block is: header, records, index (one entry a record), peaks (32 bytes each).
struct BlockHeader {
    std::uint32_t magic = kBlockMagic;
    std::uint16_t format_version = kFormatVersion;
    std::uint16_t header_bytes = 0;
    std::uint64_t number = 0;
    std::uint64_t first_seq = 0;
    std::uint32_t record_count = 0;
    std::uint32_t peak_count = 0;
    std::int64_t stamp_ns = 0;
    std::uint64_t payload_bytes = 0;
    std::uint64_t index_offset = 0;  // offsets from the start of the block
    std::uint64_t peaks_offset = 0;
    std::uint64_t block_bytes = 0;
    Id128 book;
    Hash256 previous;
    Hash256 payload_root;
    Hash256 history_root;
    Id128 origin_book;  // of a fork's genesis block; else zeros, as the next
    std::uint64_t origin_seq = 0;
    std::array<std::uint8_t, 16> reserved{};  // zero
    Hash256 hash;                             // over everything above
};
static_assert(sizeof(BlockHeader) == 256);
static_assert(offsetof(BlockHeader, number) == 8);
static_assert(offsetof(BlockHeader, stamp_ns) == 32);
static_assert(offsetof(BlockHeader, book) == 72);
static_assert(offsetof(BlockHeader, origin_book) == 184);
static_assert(offsetof(BlockHeader, reserved) == 208);
static_assert(offsetof(BlockHeader, hash) == 224);
static_assert(std::is_trivially_copyable_v<BlockHeader>);

struct IndexEntry {
    std::uint32_t offset = 0;    // from the start of the first record
    std::uint32_t length = 0;    // a multiple of 8, never 0
    std::uint64_t checksum = 0;  // XXH3-64 of the record, seeded with its Seq
};
static_assert(sizeof(IndexEntry) == 16);

// Value of an epoch, under its number. It lives outside the chain: starts are not history.
struct EpochRecord {
    std::uint64_t process_id = 0;
    std::uint64_t head_seq = 0;
};
static_assert(sizeof(EpochRecord) == 16);

// A tree over up to 2^64 - 1 leaves has at most this many peaks.
inline constexpr std::size_t kPeaksMax = 64;

// Keeps offsets and lengths in 32 bits with room to spare.
inline constexpr std::size_t kPayloadBytesMax = std::size_t{1} << 30;

inline constexpr unsigned kDatabasesMax = 2;
inline constexpr unsigned kReadersMax = 1024;

// The map is fixed: growing it would need every process to agree.
#ifdef __SANITIZE_THREAD__
inline constexpr std::size_t kMapBytes = std::size_t{1}
                                         << 34;  // its shadow leaves no room for more
#else
inline constexpr std::size_t kMapBytes = std::size_t{1} << 40;
#endif

}  // namespace daybook::journal
