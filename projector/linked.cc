#include "projector/linked.h"

#include <algorithm>
#include <string>
#include <vector>

#include <lmdb.h>

namespace daybook::projector {

namespace {

Bytes bytes_from(const MDB_val& value) {
    return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

MDB_val value_of(Bytes bytes) {
    return {bytes.size(), const_cast<std::byte*>(bytes.data())};
}

// As LMDB sorts.
bool is_before(Bytes left, Bytes right) {
    return std::ranges::lexicographical_compare(left, right);
}

std::unexpected<Error> gap(Table table) {
    return fail(ErrorCode::damaged, std::string{"the projection's "} + name_of(table) +
                                        ": the rows are not those that were written; delete the "
                                        "projection, the projector builds it again");
}

bool is_failure(int code) {
    return code != MDB_SUCCESS && code != MDB_NOTFOUND;
}

}  // namespace

Result<LinkedWalk> LinkedWalk::open(const Store& store, MDB_txn* txn, Table table) {
    const auto sizes = store.sizes(txn);
    if (!sizes) return std::unexpected{sizes.error()};
    auto cursor = open_cursor(txn, store.databases().of(table));
    if (!cursor) return std::unexpected{cursor.error()};
    return LinkedWalk{store, table, (*sizes)[static_cast<std::size_t>(table)], *std::move(cursor)};
}

// The row before is looked at first: it says which is the next.
Result<std::optional<LinkedRow>> LinkedWalk::seek(Bytes key) {
    MDB_val wanted = value_of(key);
    MDB_val row{};
    last_ = {};
    link_ = size_.first;
    is_whole_ = key.empty();
    int code = mdb_cursor_get(cursor_.get(), &wanted, &row, is_whole_ ? MDB_FIRST : MDB_SET_RANGE);
    if (is_failure(code)) return lmdb_error(code, "cannot read");
    if (is_whole_) return take(code, bytes_from(wanted), bytes_from(row));

    const bool is_behind_all = code == MDB_NOTFOUND;
    if (!is_behind_all && is_before(bytes_from(wanted), key)) return gap(table_);
    MDB_val before{};
    MDB_val before_row{};
    code = mdb_cursor_get(cursor_.get(), &before, &before_row, is_behind_all ? MDB_LAST : MDB_PREV);
    if (is_failure(code)) return lmdb_error(code, "cannot read");
    if (code == MDB_SUCCESS) {
        last_ = bytes_from(before);
        const auto opened = store_->seals().open(table_, last_, bytes_from(before_row));
        if (!opened) return std::unexpected{opened.error()};
        if (!is_before(last_, key)) return gap(table_);
        link_ = opened->end.next;
    }
    if (is_behind_all) return take(MDB_NOTFOUND, {}, {});
    code = mdb_cursor_get(cursor_.get(), &wanted, &row, code == MDB_SUCCESS ? MDB_NEXT : MDB_FIRST);
    if (is_failure(code)) return lmdb_error(code, "cannot read");
    return take(code, bytes_from(wanted), bytes_from(row));
}

Result<std::optional<LinkedRow>> LinkedWalk::next() {
    MDB_val key{};
    MDB_val row{};
    const int code = mdb_cursor_get(cursor_.get(), &key, &row, MDB_NEXT);
    if (is_failure(code)) return lmdb_error(code, "cannot read");
    return take(code, bytes_from(key), bytes_from(row));
}

Result<std::optional<LinkedRow>> LinkedWalk::take(int code, Bytes key, Bytes stored) {
    if (code == MDB_NOTFOUND) {
        if (link_ != 0 || !has_seen_all()) return gap(table_);
        return std::optional<LinkedRow>{};
    }
    if (link_ != link_to(key) || (!last_.empty() && !is_before(last_, key))) return gap(table_);
    const auto opened = store_->seals().open(table_, key, stored);
    if (!opened) return std::unexpected{opened.error()};
    ++rows_;
    checks_ += opened->end.check;
    last_ = key;
    link_ = opened->end.next;
    return std::optional{LinkedRow{key, opened->value}};
}

// Rows of an earlier state hang together too.
bool LinkedWalk::has_seen_all() const {
    return !is_whole_ || (rows_ == size_.rows && checks_ == size_.checks);
}

Result<std::optional<Bytes>> find_linked(const Store& store, MDB_txn* txn, Table table, Bytes key) {
    const auto stored = get(txn, store.databases().of(table), key);
    if (!stored) return std::unexpected{stored.error()};
    const std::optional<Bytes>& bytes = *stored;
    if (bytes) {
        const auto opened = store.seals().open(table, key, *bytes);
        if (!opened) return std::unexpected{opened.error()};
        return std::optional{opened->value};
    }
    auto walk = LinkedWalk::open(store, txn, table);
    if (!walk) return std::unexpected{walk.error()};
    const auto behind = walk->seek(key);
    if (!behind) return std::unexpected{behind.error()};
    if (*behind && std::ranges::equal((*behind)->key, key)) return gap(table);
    return std::optional<Bytes>{};
}

Result<void> LinkedTable::put(Bytes key, Bytes value, IfThere if_there) {
    const auto cursor = open_cursor(txn_, store_.databases().of(table_));
    if (!cursor) return std::unexpected{cursor.error()};
    MDB_val found = value_of(key);
    MDB_val stored{};
    const int code = mdb_cursor_get(cursor->get(), &found, &stored, MDB_SET_RANGE);
    if (is_failure(code)) return lmdb_error(code, "cannot read");
    if (code == MDB_NOTFOUND) return insert(cursor->get(), key, value, 0, MDB_LAST);
    const Bytes found_key = bytes_from(found);
    if (!std::ranges::equal(found_key, key)) {
        return insert(cursor->get(), key, value, link_to(found_key), MDB_PREV);
    }
    if (if_there == IfThere::keep) return {};
    if (if_there == IfThere::refuse) return lmdb_error(MDB_KEYEXIST, "cannot put");
    const auto old = store_.seals().open(table_, key, bytes_from(stored));
    if (!old) return std::unexpected{old.error()};
    const SealedRow row{store_.seals(), table_, key, value, old->end.next};
    size_.checks += row.check() - old->end.check;
    MDB_val key_val = value_of(key);
    MDB_val row_val = value_of(row.bytes());
    const int put = mdb_cursor_put(cursor->get(), &key_val, &row_val, MDB_CURRENT);
    if (put != MDB_SUCCESS) return lmdb_error(put, "cannot put");
    return {};
}

Result<void> LinkedTable::insert(MDB_cursor* cursor, Bytes key, Bytes value, std::uint32_t next,
                                 int move) {
    if (auto done = lead(cursor, move, key, next, link_to(key)); !done) return done;
    const SealedRow row{store_.seals(), table_, key, value, next};
    MDB_val key_val = value_of(key);
    MDB_val row_val = value_of(row.bytes());
    const int code = mdb_cursor_put(cursor, &key_val, &row_val, MDB_NOOVERWRITE);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put");
    ++size_.rows;
    size_.checks += row.check();
    return {};
}

Result<void> LinkedTable::lead(MDB_cursor* cursor, int move, Bytes key, std::uint32_t before,
                               std::uint32_t after) {
    MDB_val found{};
    MDB_val stored{};
    const int code = mdb_cursor_get(cursor, &found, &stored, static_cast<MDB_cursor_op>(move));
    if (is_failure(code)) return lmdb_error(code, "cannot read");
    if (code == MDB_NOTFOUND) {
        if (size_.first != before) return gap(table_);
        size_.first = after;
        return {};
    }
    // What is changed may lie where it is put.
    const Bytes found_bytes = bytes_from(found);
    const std::vector<std::byte> found_key{found_bytes.begin(), found_bytes.end()};
    const auto old = store_.seals().open(table_, found_key, bytes_from(stored));
    if (!old) return std::unexpected{old.error()};
    if (old->end.next != before || !is_before(found_key, key)) return gap(table_);
    const SealedRow row{store_.seals(), table_, found_key, old->value, after};
    size_.checks += row.check() - old->end.check;
    MDB_val key_val = value_of(found_key);
    MDB_val row_val = value_of(row.bytes());
    const int put = mdb_cursor_put(cursor, &key_val, &row_val, MDB_CURRENT);
    if (put != MDB_SUCCESS) return lmdb_error(put, "cannot put");
    return {};
}

Result<void> LinkedTable::remove(Bytes key) {
    const auto cursor = open_cursor(txn_, store_.databases().of(table_));
    if (!cursor) return std::unexpected{cursor.error()};
    MDB_val key_val = value_of(key);
    MDB_val stored{};
    int code = mdb_cursor_get(cursor->get(), &key_val, &stored, MDB_SET_KEY);
    if (code == MDB_NOTFOUND) return {};
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot read");
    const auto old = store_.seals().open(table_, key, bytes_from(stored));
    if (!old) return std::unexpected{old.error()};
    const RowEnd end = old->end;
    if (auto done = lead(cursor->get(), MDB_PREV, key, link_to(key), end.next); !done) return done;
    key_val = value_of(key);
    code = mdb_del(txn_, store_.databases().of(table_), &key_val, nullptr);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot delete");
    --size_.rows;
    size_.checks -= end.check;
    return {};
}

}  // namespace daybook::projector
