// Seals: what ends each row of the projection, so that a reader sees whether it is what was
// written, under this key, in this table, of this book; and which row comes next, so that a missing
// one is seen too (projector/FORMAT.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bytes.h"
#include "base/result.h"

namespace daybook::projector {

// On disk. Never renumber; append only.
enum class Table : std::uint8_t {
    meta = 0,
    assets = 1,
    accounts = 2,
    codes = 3,
    balances = 4,
    holds = 5,
    reversals = 6,
    terms = 7,
    references = 8,
    groups = 9,
};
inline constexpr std::size_t kTables = 10;
const char* name_of(Table table);

// The last bytes of every value.
struct RowEnd {
    std::uint32_t next = 0;   // `link_to` the row behind it; 0: none, or a table without links
    std::uint32_t check = 0;  // CRC-32 of book, table, key and all of the value before this
};
static_assert(sizeof(RowEnd) == 8);

// What is known of a table without reading it.
struct TableSize {
    std::uint64_t rows = 0;
    std::uint32_t first = 0;   // `link_to` its first row, where rows have links
    std::uint32_t checks = 0;  // the sum of its rows' checks, where they have links
};
static_assert(sizeof(TableSize) == 16);
using TableSizes = std::array<TableSize, kTables>;
static_assert(std::is_trivially_copyable_v<TableSizes>);

// A row that is what was written; valid as long as what was opened.
struct OpenRow {
    Bytes value;  // without its end
    RowEnd end;
};

std::uint32_t link_to(Bytes key);

class Seals {
public:
    explicit Seals(const Id128& book);

    // `damaged` unless `stored` was written under this key.
    Result<OpenRow> open(Table table, Bytes key, Bytes stored) const;
    std::uint32_t check(Table table, Bytes key, Bytes before_check) const;

private:
    std::array<std::uint32_t, kTables> begun_{};  // with the book and the table
};

// A row to write: a value and its end.
class SealedRow {
public:
    SealedRow(const Seals& seals, Table table, Bytes key, Bytes value, std::uint32_t next = 0);
    Bytes bytes() const { return std::span{bytes_}.first(size_); }
    std::uint32_t check() const { return check_; }

private:
    static constexpr std::size_t kBytesMax = 512;
    std::array<std::byte, kBytesMax> bytes_;
    std::size_t size_;
    std::uint32_t check_;
};

// Only the sum of checks is asked for; `stored` may be damaged otherwise. 0 when it is no row.
std::uint32_t stated_check(Bytes stored);

std::unexpected<Error> damaged_row(Table table);

}  // namespace daybook::projector
