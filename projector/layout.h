// The bytes of the projection on disk, shared by the projector and its readers.
// Their document, for readers in any language, is projector/FORMAT.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bytes.h"

namespace daybook::projector {

// On disk. Never renumber; append only. Everything is little-endian, except keys (keys.h).

inline constexpr std::uint32_t kMagic = 0x504B4244;  // "DBKP"
inline constexpr std::uint16_t kFormatVersion = 4;

inline constexpr const char* kDataFile = "data.mdb";
inline constexpr const char* kLmdbLockFile = "lock.mdb";  // never open it
inline constexpr const char* kProjectorLockFile = "projector.lock";

inline constexpr const char* kMetaName = "meta";
inline constexpr const char* kAssetsName = "assets";        // number → AssetRow
inline constexpr const char* kAccountsName = "accounts";    // number → AccountRow, code
inline constexpr const char* kCodesName = "codes";          // code → number, 8 bytes
inline constexpr const char* kBalancesName = "balances";    // number → BalanceRow
inline constexpr const char* kHoldsName = "holds";          // EntryId → HoldRow, while it is open
inline constexpr const char* kReversalsName = "reversals";  // original, reversal → ReversalRow

inline constexpr const char* kGroupsName = "groups";  // accounts by fours → GroupRow (groups.h)
inline constexpr const char* kTermsName = "terms";    // account, Seq that ended them → TermsRow
inline constexpr const char* kReferencesName = "references";  // unique reference → EntryId, 8 bytes

// Every value ends in a RowEnd (seals.h), which is no part of the rows here.

// In `meta`.
inline constexpr const char* kWatermarkKey = "watermark";
// How many records ended so: 8 bytes for accepted ones, then for each rejection by its number.
inline constexpr const char* kOutcomesKey = "outcomes";
inline constexpr const char* kTablesKey = "tables";  // TableSizes

struct Wide {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

struct WatermarkRow {
    std::uint32_t magic = kMagic;
    std::uint16_t format_version = kFormatVersion;
    std::uint16_t row_bytes = 0;
    std::uint64_t seq = 0;
    std::uint64_t block_number = 0;
    std::int64_t stamp_ns = 0;
    Id128 book;
    Hash256 block_hash;
};
static_assert(sizeof(WatermarkRow) == 80);
static_assert(offsetof(WatermarkRow, seq) == 8);
static_assert(offsetof(WatermarkRow, book) == 32);
static_assert(offsetof(WatermarkRow, block_hash) == 48);
static_assert(std::is_trivially_copyable_v<WatermarkRow>);

struct AssetRow {
    std::uint8_t scale = 0;
    std::uint8_t code_bytes = 0;
    std::array<std::uint8_t, 6> reserved{};  // zero
    std::array<char, 16> code{};             // padded with zeros
};
static_assert(sizeof(AssetRow) == 24);
static_assert(std::is_trivially_copyable_v<AssetRow>);

// Bits of AccountRow::bounds.
inline constexpr std::uint8_t kHasMin = 1;
inline constexpr std::uint8_t kHasMax = 2;

// The code follows, padded with zeros to a multiple of 8.
struct AccountRow {
    std::uint32_t asset = 0;
    std::uint8_t type = 0;    // AccountType
    std::uint8_t state = 0;   // AccountState
    std::uint8_t bounds = 0;  // which of `min` and `max` there are
    std::uint8_t code_bytes = 0;
    std::uint64_t opened_seq = 0;
    Wide min;  // two's complement
    Wide max;
};
static_assert(sizeof(AccountRow) == 48);
static_assert(offsetof(AccountRow, opened_seq) == 8);
static_assert(offsetof(AccountRow, min) == 16);
static_assert(std::is_trivially_copyable_v<AccountRow>);

// Every account has one from its opening on.
struct BalanceRow {
    Wide posted_debits;
    Wide posted_credits;
    Wide held_debits;
    Wide held_credits;
    std::uint64_t version = 0;
    std::uint64_t last = 0;  // TouchPointer: Seq in the upper 48 bits; 0 when untouched
};
static_assert(sizeof(BalanceRow) == 80);
static_assert(offsetof(BalanceRow, version) == 64);
static_assert(std::is_trivially_copyable_v<BalanceRow>);

// Of an open hold.
struct HoldRow {
    std::uint64_t debit = 0;
    std::uint64_t credit = 0;
    Wide remaining;
    Wide captured;
    std::int64_t expires_at_ns = 0;  // 0: never
};
static_assert(sizeof(HoldRow) == 56);
static_assert(offsetof(HoldRow, expires_at_ns) == 48);
static_assert(std::is_trivially_copyable_v<HoldRow>);

// Links an entry to a reversal of it.
struct ReversalRow {
    std::uint64_t postings = 0;  // how many of the original's it reverses, in whole or in part
};

// State and limits an account had until a record changed one of them.
struct TermsRow {
    std::uint8_t state = 0;                  // AccountState
    std::uint8_t bounds = 0;                 // which of `min` and `max` there are
    std::array<std::uint8_t, 6> reserved{};  // zero
    Wide min;
    Wide max;
};
static_assert(sizeof(TermsRow) == 40);
static_assert(offsetof(TermsRow, min) == 8);
static_assert(std::is_trivially_copyable_v<TermsRow>);

inline constexpr unsigned kDatabasesMax = 10;
inline constexpr unsigned kReadersMax = 1024;

// The map is fixed: growing it would need every process to agree.
#ifdef __SANITIZE_THREAD__
inline constexpr std::size_t kMapBytes = std::size_t{1}
                                         << 34;  // its shadow leaves no room for more
#else
inline constexpr std::size_t kMapBytes = std::size_t{1} << 40;
#endif

}  // namespace daybook::projector
