// The bytes of the book file on disk. Their document is state/FORMAT.md.
// Everything is little-endian and starts on a multiple of 8.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bytes.h"
#include "state/layout.h"

namespace daybook::state {

// On disk. Never renumber; append only.

inline constexpr std::uint64_t kBookMagic = 0x4B4F4F4253424B44;  // "DBKSBOOK"

struct Wide {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

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
