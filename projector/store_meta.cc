// The part of a Store that says where it stands and how much there is.
#include <cstring>
#include <optional>
#include <string>

#include <lmdb.h>

#include "projector/layout.h"
#include "projector/rows.h"
#include "projector/store.h"

namespace daybook::projector {

unsigned Databases::of(Table table) const {
    switch (table) {
        case Table::meta:
            return meta;
        case Table::assets:
            return assets;
        case Table::accounts:
            return accounts;
        case Table::codes:
            return codes;
        case Table::balances:
            return balances;
        case Table::holds:
            return holds;
        case Table::reversals:
            return reversals;
        case Table::terms:
            return terms;
        case Table::references:
            return references;
        case Table::groups:
            return groups;
    }
    return meta;
}

Result<Watermark> Store::watermark(MDB_txn* txn) const {
    const auto value = get(txn, databases_.meta, as_bytes(kWatermarkKey));
    if (!value) return std::unexpected{value.error()};
    const std::optional<Bytes>& bytes = *value;
    if (!bytes) {
        return fail(ErrorCode::damaged,
                    "it has no watermark; the projector rebuilds it when it starts");
    }
    return watermark_from(*bytes);
}

Result<void> Store::put_watermark(MDB_txn* txn, const Watermark& watermark) const {
    return put_meta(txn, kWatermarkKey, bytes_of(to_row(watermark)));
}

Result<std::optional<Bytes>> Store::meta(MDB_txn* txn, const char* key) const {
    const auto stored = get(txn, databases_.meta, as_bytes(key));
    if (!stored) return std::unexpected{stored.error()};
    const std::optional<Bytes>& bytes = *stored;
    if (!bytes) return std::optional<Bytes>{};
    const auto row = seals_.open(Table::meta, as_bytes(key), *bytes);
    if (!row) return std::unexpected{row.error()};
    return std::optional{row->value};
}

Result<TableSizes> Store::sizes(MDB_txn* txn) const {
    const auto row = meta(txn, kTablesKey);
    if (!row) return std::unexpected{row.error()};
    TableSizes sizes;
    if (!*row || (**row).size() != sizeof sizes) return damaged_row(Table::meta);
    std::memcpy(&sizes, (**row).data(), sizeof sizes);
    return sizes;
}

Result<Bytes> Store::outcomes(MDB_txn* txn) const {
    const auto row = meta(txn, kOutcomesKey);
    if (!row) return std::unexpected{row.error()};
    if (!*row) return damaged_row(Table::meta);
    return **row;
}

Result<void> Store::put_outcomes(MDB_txn* txn, Bytes outcomes) const {
    return put_meta(txn, kOutcomesKey, outcomes);
}

Result<TableSizes> Store::counted_sizes(MDB_txn* txn) const {
    const auto sizes = this->sizes(txn);
    if (!sizes) return std::unexpected{sizes.error()};
    for (std::size_t i = static_cast<std::size_t>(Table::meta) + 1; i < kTables; ++i) {
        const auto table = static_cast<Table>(i);
        MDB_stat stat{};
        const int code = mdb_stat(txn, databases_.of(table), &stat);
        if (code != MDB_SUCCESS) return lmdb_error(code, "cannot count");
        if (stat.ms_entries == (*sizes)[i].rows) continue;
        return fail(ErrorCode::damaged, std::string{"the projection's "} + name_of(table) +
                                            ": there are not as many rows as were written; delete "
                                            "the projection, the projector builds it again");
    }
    return sizes;
}

Result<void> Store::put_sizes(MDB_txn* txn, const TableSizes& sizes) const {
    return put_meta(txn, kTablesKey, bytes_of(sizes));
}

Result<void> Store::put_meta(MDB_txn* txn, const char* key, Bytes value) const {
    const Bytes key_bytes = as_bytes(key);
    const SealedRow row{seals_, Table::meta, key_bytes, value};
    MDB_val key_val{key_bytes.size(), const_cast<std::byte*>(key_bytes.data())};
    MDB_val row_val{row.bytes().size(), const_cast<std::byte*>(row.bytes().data())};
    const int code = mdb_put(txn, databases_.meta, &key_val, &row_val, 0);
    if (code != MDB_SUCCESS) return lmdb_error(code, std::string{"cannot put the "} + key);
    return {};
}

}  // namespace daybook::projector
