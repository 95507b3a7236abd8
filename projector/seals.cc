#include "projector/seals.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/check.h"
#include "projector/checksum.h"

namespace daybook::projector {

namespace {

Bytes bytes_of(const std::uint32_t& value) {
    return std::as_bytes(std::span{&value, 1});
}

}  // namespace

const char* name_of(Table table) {
    switch (table) {
        case Table::meta:
            return "meta";
        case Table::assets:
            return "assets";
        case Table::accounts:
            return "accounts";
        case Table::codes:
            return "codes";
        case Table::balances:
            return "balances";
        case Table::holds:
            return "holds";
        case Table::reversals:
            return "reversals";
        case Table::terms:
            return "terms";
        case Table::references:
            return "references";
        case Table::groups:
            return "groups";
    }
    return "";
}

std::unexpected<Error> damaged_row(Table table) {
    return fail(ErrorCode::damaged, std::string{"the projection's "} + name_of(table) +
                                        ": a row is not what was written; delete the projection, "
                                        "the projector builds it again");
}

std::uint32_t link_to(Bytes key) {
    return crc32(0, key);
}

std::uint32_t stated_check(Bytes stored) {
    std::uint32_t check = 0;
    if (stored.size() >= sizeof(RowEnd))
        std::memcpy(&check, stored.last(sizeof check).data(), sizeof check);
    return check;
}

Seals::Seals(const Id128& book) {
    const std::uint32_t of_book = crc32(0, std::as_bytes(std::span{book.bytes}));
    for (std::size_t table = 0; table < kTables; ++table) {
        const std::byte number{static_cast<std::uint8_t>(table)};
        begun_[table] = crc32(of_book, {&number, 1});
    }
}

std::uint32_t Seals::check(Table table, Bytes key, Bytes before_check) const {
    return crc32(crc32(begun_[static_cast<std::size_t>(table)], key), before_check);
}

Result<OpenRow> Seals::open(Table table, Bytes key, Bytes stored) const {
    OpenRow row;
    if (stored.size() < sizeof row.end) return damaged_row(table);
    row.value = stored.first(stored.size() - sizeof row.end);
    std::memcpy(&row.end, stored.last(sizeof row.end).data(), sizeof row.end);
    const Bytes before_check = stored.first(stored.size() - sizeof row.end.check);
    if (check(table, key, before_check) != row.end.check) return damaged_row(table);
    return row;
}

SealedRow::SealedRow(const Seals& seals, Table table, Bytes key, Bytes value, std::uint32_t next)
    : size_{value.size() + sizeof(RowEnd)} {
    CHECK_INVARIANT(size_ <= bytes_.size(), "a row is 512 bytes at most");
    std::ranges::copy(value, bytes_.begin());
    const auto end = std::span{bytes_}.subspan(value.size(), sizeof(RowEnd));
    std::ranges::copy(bytes_of(next), end.begin());
    check_ = seals.check(table, key, bytes().first(size_ - sizeof check_));
    std::ranges::copy(bytes_of(check_), end.subspan(sizeof next).begin());
}

}  // namespace daybook::projector
