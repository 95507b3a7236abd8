// The bytes of the snapshot on disk. Their document is state/FORMAT.md.
// Everything is little-endian and starts on a multiple of 8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bytes.h"

namespace daybook::state {

// On disk. Never renumber; append only.

inline constexpr std::uint32_t kFormatVersion = 1;

inline constexpr std::uint64_t kManifestMagic = 0x4554415453424B44;  // "DBKSTATE"
inline constexpr std::uint64_t kBookMagic = 0x4B4F4F4253424B44;      // "DBKSBOOK"
inline constexpr std::uint64_t kRunMagic = 0x5359454B53424B44;       // "DBKSKEYS"

inline constexpr const char* kManifestFile = "manifest";

struct Wide {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

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
};
static_assert(sizeof(ManifestHeader) == 112);
static_assert(std::is_trivially_copyable_v<ManifestHeader>);

struct RunRow {
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::uint64_t count = 0;
    std::uint64_t entries_checksum = 0;
};
static_assert(sizeof(RunRow) == 32);

// A run: this, the filter, the directory (the place of each block's first entry, and the end; 4
// bytes each, padded to 8), the entries.
struct RunHeader {
    std::uint64_t magic = kRunMagic;
    std::uint32_t format_version = kFormatVersion;
    std::uint32_t reserved = 0;
    Id128 book;
    RunRow run;
    std::uint64_t block_count = 0;      // of the filter
    std::uint64_t filter_checksum = 0;
    std::uint64_t directory_checksum = 0;
    std::uint64_t header_checksum = 0;  // of what is before it
};
static_assert(sizeof(RunHeader) == 96);
static_assert(offsetof(RunHeader, header_checksum) == 88);
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

// The book file: this, then assets, accounts, open holds, ended holds and reversed entries, each in
// the order of their numbers or ids.
struct BookHeader {
    std::uint64_t magic = kBookMagic;
    std::uint32_t format_version = kFormatVersion;
    std::uint32_t reserved = 0;
    Id128 book;
    std::uint64_t seq = 0;
    std::uint64_t block_number = 0;  // of the block that holds `seq`
    std::int64_t stamp_ns = 0;       // its stamp
    Hash256 block_hash;
    std::uint64_t asset_count = 0;
    std::uint64_t account_count = 0;
    std::uint64_t hold_count = 0;
    std::uint64_t ended_count = 0;
    std::uint64_t reversed_count = 0;
    std::uint64_t body_bytes = 0;
    std::uint64_t body_checksum = 0;
    std::uint64_t header_checksum = 0;  // of what is before it
};
static_assert(sizeof(BookHeader) == 152);
static_assert(offsetof(BookHeader, header_checksum) == 144);
static_assert(std::is_trivially_copyable_v<BookHeader>);

struct AssetRow {
    std::uint8_t scale = 0;
    std::uint8_t code_bytes = 0;
    std::array<std::uint8_t, 6> reserved{};
    std::array<char, 16> code{};  // padded with zeros
};
static_assert(sizeof(AssetRow) == 24);

inline constexpr std::uint8_t kHasMin = 1;
inline constexpr std::uint8_t kHasMax = 2;

// Then the roots of the account's history, 8 bytes each, as many as its version asks for, and its
// code, padded with zeros to a multiple of 8.
struct AccountRow {
    std::uint32_t asset = 0;
    std::uint8_t type = 0;
    std::uint8_t state = 0;
    std::uint8_t bounds = 0;  // which of `min` and `max` there are
    std::uint8_t code_bytes = 0;
    std::uint64_t opened = 0;
    Wide min;
    Wide max;
    Wide posted_debits;
    Wide posted_credits;
    Wide held_debits;
    Wide held_credits;
    std::uint64_t version = 0;
};
static_assert(sizeof(AccountRow) == 120);
static_assert(std::is_trivially_copyable_v<AccountRow>);

struct HoldRow {
    std::uint64_t id = 0;
    std::uint64_t debit = 0;
    std::uint64_t credit = 0;
    std::int64_t expires_at_ns = 0;
    Wide remaining;
    Wide captured;
};
static_assert(sizeof(HoldRow) == 64);

struct EndedRow {
    std::uint64_t id = 0;
    std::uint64_t state = 0;  // HoldState
};

// Then so many amounts, one a posting.
struct ReversedRow {
    std::uint64_t id = 0;
    std::uint64_t posting_count = 0;
};

}  // namespace daybook::state
