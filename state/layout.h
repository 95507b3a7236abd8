// The bytes of the snapshot's manifest and runs on disk. Their document is state/FORMAT.md.
// Everything is little-endian and starts on a multiple of 8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bytes.h"

namespace daybook::state {

// On disk. Never renumber; append only.

inline constexpr std::uint32_t kFormatVersion = 2;

inline constexpr std::uint64_t kManifestMagic = 0x4554415453424B44;  // "DBKSTATE"
inline constexpr std::uint64_t kRunMagic = 0x5359454B53424B44;       // "DBKSKEYS"

inline constexpr const char* kManifestFile = "manifest";

// The manifest: this, a RunRow for each run, oldest first, then the checksum of both, 8 bytes.
struct ManifestHeader {
    std::uint64_t magic = kManifestMagic;
    std::uint32_t format_version = kFormatVersion;
    std::uint32_t run_count = 0;
    Id128 book;
    std::array<std::uint64_t, 4> seeds{};  // of the key hash
    std::uint64_t keys_seq = 0;            // the runs hold every key up to here
    std::uint64_t book_seq = 0;            // where the book file stands; 0: there is none
    Hash256 keys_block_hash;               // of the journal's block that holds keys_seq
    std::uint64_t newest_key = 0;          // of the UUIDv7s in the runs the newest's first half
};
static_assert(sizeof(ManifestHeader) == 120);
static_assert(std::is_trivially_copyable_v<ManifestHeader>);

struct RunRow {
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::uint64_t count = 0;
    std::uint64_t entries_checksum = 0;
};
static_assert(sizeof(RunRow) == 32);

// A run: this, the filter, the directory (the place of each block's first entry, and the end; 4
// bytes each, padded to 8), the checksum of each page of entries (4 bytes, padded to 8), the
// entries.
struct RunHeader {
    std::uint64_t magic = kRunMagic;
    std::uint32_t format_version = kFormatVersion;
    std::uint32_t reserved = 0;
    Id128 book;
    RunRow run;
    std::uint64_t block_count = 0;  // of the filter
    std::uint64_t filter_checksum = 0;
    std::uint64_t directory_checksum = 0;
    std::uint64_t pages_checksum = 0;   // of the checksums of the pages
    std::uint64_t header_checksum = 0;  // of what is before it
};
static_assert(sizeof(RunHeader) == 104);
static_assert(offsetof(RunHeader, header_checksum) == 96);
static_assert(std::is_trivially_copyable_v<RunHeader>);

// Sorted by hash, then by Seq. The key itself is in the record.
struct KeyEntry {
    std::uint64_t hash = 0;
    std::uint64_t seq = 0;
    friend auto operator<=>(const KeyEntry&, const KeyEntry&) = default;
};
static_assert(sizeof(KeyEntry) == 16);

// A block of the filter: a cache line. A key has one bit in each word.
struct alignas(64) FilterBlock {
    std::array<std::uint64_t, 8> words{};
};
static_assert(sizeof(FilterBlock) == 64);
inline constexpr std::uint64_t kKeysPerBlock = 32;  // so 16 bits a key
// What is read at once, and has a checksum of its own.
inline constexpr std::uint64_t kEntriesPerPage = 64;

}  // namespace daybook::state
