// The part of a View that walks the account codes.
#include <algorithm>
#include <cstring>
#include <string>

#include "projector/balances.h"
#include "projector/linked.h"
#include "projector/pinned.h"

namespace daybook::projector {

namespace {

std::string_view text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Keys at or after `from`, in order, while they start with `prefix`.
Result<void> visit_codes(LinkedWalk& walk, std::string_view from, std::string_view prefix,
                         std::string_view after,
                         const std::function<bool(std::string_view, AccountNumber)>& visit) {
    for (auto row = walk.seek(as_bytes(from));; row = walk.next()) {
        if (!row) return std::unexpected{row.error()};
        if (!*row) return {};
        const std::string_view found = text_of((*row)->key);
        if (!found.starts_with(prefix)) return {};
        if (found == after) continue;
        std::uint64_t number = 0;
        if ((*row)->value.size() != sizeof number) return damaged_row(Table::codes);
        std::memcpy(&number, (*row)->value.data(), sizeof number);
        if (!visit(found, AccountNumber{number})) return {};
    }
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
    auto walk = LinkedWalk::open(*pinned_->store, pinned_->txn.get(), Table::codes);
    if (!walk) return std::unexpected{walk.error()};
    const std::string from = std::max(below, std::string{after});
    return visit_codes(*walk, from, below, after, visit);
}

}  // namespace daybook::projector
