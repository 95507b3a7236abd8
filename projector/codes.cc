// The part of a View that walks the account codes.
#include <algorithm>
#include <cstring>
#include <string>

#include <lmdb.h>

#include "projector/balances.h"
#include "projector/pinned.h"

namespace daybook::projector {

namespace {

std::string_view text_of(const MDB_val& value) {
    return {static_cast<const char*>(value.mv_data), value.mv_size};
}

// Keys at or after `from`, in order, while they start with `prefix`; false when the visitor has
// enough.
Result<bool> visit_codes(const Cursor& cursor, std::string_view from, std::string_view prefix,
                         std::string_view after,
                         const std::function<bool(std::string_view, AccountNumber)>& visit) {
    MDB_val key{from.size(), const_cast<char*>(from.data())};
    MDB_val row{};
    // A key of no bytes cannot be asked for.
    int code = mdb_cursor_get(cursor.get(), &key, &row, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
    for (; code == MDB_SUCCESS; code = mdb_cursor_get(cursor.get(), &key, &row, MDB_NEXT)) {
        const std::string_view found = text_of(key);
        if (!found.starts_with(prefix)) return true;
        if (found == after) continue;
        std::uint64_t number = 0;
        if (row.mv_size != sizeof number) {
            return fail(ErrorCode::damaged, "code " + std::string{found} +
                                                " has no number; delete the projection, the "
                                                "projector builds it again");
        }
        std::memcpy(&number, row.mv_data, sizeof number);
        if (!visit(found, AccountNumber{number})) return false;
    }
    if (code != MDB_NOTFOUND) return lmdb_error(code, "cannot read");
    return true;
}

}  // namespace

// Others may come between a path and what is under it, `a-b` between `a` and `a:b`: so the path
// itself is looked up first.
Result<void> View::for_each_code_under(
    std::string_view path, std::string_view after,
    const std::function<bool(std::string_view, AccountNumber)>& visit) const {
    const std::string below = path.empty() ? std::string{} : std::string{path} + ':';
    if (!path.empty() && after < path) {
        const auto number = find(path);
        if (!number) return std::unexpected{number.error()};
        if (*number && !visit(path, **number)) return {};
    }
    const auto cursor = open_cursor(pinned_->txn.get(), pinned_->store->databases().codes);
    if (!cursor) return std::unexpected{cursor.error()};
    const std::string from = std::max(below, std::string{after});
    const auto visited = visit_codes(*cursor, from, below, after, visit);
    if (!visited) return std::unexpected{visited.error()};
    return {};
}

}  // namespace daybook::projector
