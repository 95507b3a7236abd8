// The part of a View that knows how entries hang together: reversals, unique references; and how
// much there is.
#include <array>
#include <cstring>
#include <string>

#include <lmdb.h>

#include "ledger/form.h"
#include "projector/balances.h"
#include "projector/keys.h"
#include "projector/layout.h"
#include "projector/pinned.h"

namespace daybook::projector {

namespace {

constexpr const char* kRebuild = "; delete the projection, the projector builds it again";

std::unexpected<Error> damaged(const std::string& what) {
    return fail(ErrorCode::damaged, what + kRebuild);
}

// Those whose original is at least `first`, in order, until `visit` returns false.
Result<void> visit_reversals(const Cursor& cursor, EntryId first,
                             const std::function<bool(const Reversal&)>& visit) {
    ReversalKey wanted{.original = key_of(first), .reversal = 0};
    MDB_val key{sizeof wanted, &wanted};
    MDB_val row{};
    int code = mdb_cursor_get(cursor.get(), &key, &row, MDB_SET_RANGE);
    for (; code == MDB_SUCCESS; code = mdb_cursor_get(cursor.get(), &key, &row, MDB_NEXT)) {
        ReversalKey found;
        ReversalRow value;
        if (key.mv_size != sizeof found || row.mv_size != sizeof value) {
            return damaged("a reversal is not what was written");
        }
        std::memcpy(&found, key.mv_data, sizeof found);
        std::memcpy(&value, row.mv_data, sizeof value);
        const Reversal reversal{EntryId{__builtin_bswap64(found.original)},
                                EntryId{__builtin_bswap64(found.reversal)}, value.postings};
        if (!visit(reversal)) return {};
    }
    if (code != MDB_NOTFOUND) return lmdb_error(code, "cannot read");
    return {};
}

}  // namespace

Result<std::vector<EntryId>> View::reversals_of(EntryId entry) const {
    const auto cursor = open_cursor(pinned_->txn.get(), pinned_->store->databases().reversals);
    if (!cursor) return std::unexpected{cursor.error()};
    std::vector<EntryId> reversals;
    const auto visited = visit_reversals(*cursor, entry, [&](const Reversal& reversal) {
        if (reversal.original != entry) return false;
        reversals.push_back(reversal.reversal);
        return true;
    });
    if (!visited) return std::unexpected{visited.error()};
    return reversals;
}

Result<std::vector<Reversal>> View::reversals_in(Seq seq, std::size_t most) const {
    const auto cursor = open_cursor(pinned_->txn.get(), pinned_->store->databases().reversals);
    if (!cursor) return std::unexpected{cursor.error()};
    std::vector<Reversal> reversals;
    const auto visited = visit_reversals(*cursor, EntryId{seq, 0}, [&](const Reversal& reversal) {
        if (reversal.original.seq() != seq || reversals.size() == most) return false;
        reversals.push_back(reversal);
        return true;
    });
    if (!visited) return std::unexpected{visited.error()};
    return reversals;
}

Result<std::optional<std::uint64_t>> View::reversed_postings(EntryId original,
                                                             EntryId reversal) const {
    const ReversalKey key{.original = key_of(original), .reversal = key_of(reversal)};
    const auto row = get(pinned_->txn.get(), pinned_->store->databases().reversals, bytes_of(key));
    if (!row) return std::unexpected{row.error()};
    const std::optional<Bytes>& bytes = *row;
    if (!bytes) return std::optional<std::uint64_t>{};
    ReversalRow found;
    if (bytes->size() != sizeof found) return damaged("a reversal does not say of how much");
    std::memcpy(&found, bytes->data(), sizeof found);
    return std::optional{found.postings};
}

Result<std::optional<EntryId>> View::find_reference(std::string_view reference) const {
    if (reference.empty() || reference.size() > kReferenceBytesMax) return std::nullopt;
    const auto row =
        get(pinned_->txn.get(), pinned_->store->databases().references, as_bytes(reference));
    if (!row) return std::unexpected{row.error()};
    const std::optional<Bytes>& bytes = *row;
    if (!bytes) return std::nullopt;
    std::uint64_t bits = 0;
    if (bytes->size() != sizeof bits) return damaged("a reference leads to no entry");
    std::memcpy(&bits, bytes->data(), sizeof bits);
    return EntryId{bits};
}

Result<Sizes> View::sizes() const {
    const Databases& databases = pinned_->store->databases();
    Sizes sizes;
    const std::array counted{std::pair{databases.assets, &Sizes::assets},
                             std::pair{databases.accounts, &Sizes::accounts},
                             std::pair{databases.holds, &Sizes::open_holds},
                             std::pair{databases.reversals, &Sizes::reversals},
                             std::pair{databases.references, &Sizes::references},
                             std::pair{databases.codes, &Sizes::codes},
                             std::pair{databases.terms, &Sizes::past_terms}};
    for (const auto& [dbi, member] : counted) {
        MDB_stat stat{};
        const int code = mdb_stat(pinned_->txn.get(), dbi, &stat);
        if (code != MDB_SUCCESS) return lmdb_error(code, "cannot count");
        sizes.*member = stat.ms_entries;
    }
    return sizes;
}

Result<std::vector<std::uint64_t>> View::outcomes() const {
    const auto row =
        get(pinned_->txn.get(), pinned_->store->databases().meta, as_bytes(kOutcomesKey));
    if (!row) return std::unexpected{row.error()};
    const std::optional<Bytes>& bytes = *row;
    if (!bytes) return std::vector<std::uint64_t>{};
    if (bytes->size() % sizeof(std::uint64_t) != 0) return damaged("the outcomes are cut short");
    std::vector<std::uint64_t> outcomes(bytes->size() / sizeof(std::uint64_t));
    std::memcpy(outcomes.data(), bytes->data(), bytes->size());
    return outcomes;
}

}  // namespace daybook::projector
