// The bytes of a sealed segment, shared by whoever writes and reads them. Their document is
// journal/FORMAT.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bytes.h"
#include "journal/format.h"

namespace daybook::journal {

// On disk. Never renumber; append only. Everything is little-endian.

inline constexpr std::uint32_t kSegmentMagic = 0x534B4244;         // "DBKS"
inline constexpr std::uint32_t kSegmentTrailerMagic = 0x544B4244;  // "DBKT"
inline constexpr std::uint16_t kSegmentVersion = 1;

// A segment is: header, chunks, index (one entry a chunk), trailer.
struct SegmentHeader {
    std::uint32_t magic = kSegmentMagic;
    std::uint16_t version = kSegmentVersion;
    std::uint16_t header_bytes = 0;
    std::uint64_t reserved = 0;
    Id128 book;
};
static_assert(sizeof(SegmentHeader) == 32);

struct ChunkEntry {
    std::uint64_t offset = 0;        // from the start of the file
    std::uint64_t stored_bytes = 0;  // one zstd frame
    std::uint64_t block_bytes = 0;   // of its blocks, which lie one after the other
    std::uint64_t first_block = 0;   // number
    std::uint64_t first_seq = 0;     // of its first block, as that says it
    std::uint64_t checksum = 0;  // XXH3-64 of the frame, seeded with the chunk's place: 0, 1, 2 …
};
static_assert(sizeof(ChunkEntry) == 48);

struct SegmentTrailer {
    std::uint32_t magic = kSegmentTrailerMagic;
    std::uint16_t version = kSegmentVersion;
    std::uint16_t trailer_bytes = 0;
    std::uint64_t chunk_count = 0;
    std::uint64_t index_offset = 0;
    std::uint64_t block_bytes = 0;  // of all blocks
    std::uint64_t first_block = 0;  // number
    std::uint64_t last_block = 0;
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::int64_t first_stamp_ns = 0;
    std::int64_t last_stamp_ns = 0;
    Id128 book;
    Hash256 previous;                  // of the block before the first
    Hash256 last_hash;                 // of the last block
    Hash256 content;                   // SHA-256 of everything before the trailer
    std::uint64_t index_checksum = 0;  // XXH3-64 of the index
    std::array<std::uint8_t, 24> reserved{};
    Hash256 hash;  // SHA-256(03 ‖ everything above): the segment's
};
static_assert(sizeof(SegmentTrailer) == 256);
static_assert(offsetof(SegmentTrailer, first_stamp_ns) == 64);
static_assert(offsetof(SegmentTrailer, book) == 80);
static_assert(offsetof(SegmentTrailer, content) == 160);
static_assert(offsetof(SegmentTrailer, hash) == 224);
static_assert(std::is_trivially_copyable_v<SegmentTrailer>);

// A chunk is closed once its blocks have so many bytes; a larger block is a chunk of its own.
inline constexpr std::size_t kChunkBytes = std::size_t{256} << 10;
// Hostile sizes end here: the largest block there can be, and the chunk it was added to.
inline constexpr std::size_t kChunkBytesMax = std::size_t{4} << 30;
// And here: four bytes of a zstd frame give one of its blocks at the most, 128 KiB.
inline constexpr std::size_t kUnpackedOfByteMax = (std::size_t{128} << 10) / 4;

}  // namespace daybook::journal
