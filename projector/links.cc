// The part of a View that knows how entries hang together: reversals, unique references; and how
// much there is.
#include <cstring>

#include "ledger/form.h"
#include "projector/balances.h"
#include "projector/keys.h"
#include "projector/layout.h"
#include "projector/linked.h"
#include "projector/pinned.h"

namespace daybook::projector {

namespace {

// Those whose original is at least `first`, in order, until `visit` returns false.
Result<void> visit_reversals(const Store& store, MDB_txn* txn, EntryId first,
                             const std::function<bool(const Reversal&)>& visit) {
    auto walk = LinkedWalk::open(store, txn, Table::reversals);
    if (!walk) return std::unexpected{walk.error()};
    const ReversalKey wanted{.original = key_of(first), .reversal = 0};
    for (auto row = walk->seek(bytes_of(wanted));; row = walk->next()) {
        if (!row) return std::unexpected{row.error()};
        if (!*row) return {};
        ReversalKey found;
        ReversalRow value;
        if ((*row)->key.size() != sizeof found || (*row)->value.size() != sizeof value) {
            return damaged_row(Table::reversals);
        }
        std::memcpy(&found, (*row)->key.data(), sizeof found);
        std::memcpy(&value, (*row)->value.data(), sizeof value);
        const Reversal reversal{EntryId{__builtin_bswap64(found.original)},
                                EntryId{__builtin_bswap64(found.reversal)}, value.postings};
        if (!visit(reversal)) return {};
    }
}

}  // namespace

Result<std::vector<EntryId>> View::reversals_of(EntryId entry) const {
    std::vector<EntryId> reversals;
    const auto visited =
        visit_reversals(*pinned_->store, pinned_->txn.get(), entry, [&](const Reversal& reversal) {
            if (reversal.original != entry) return false;
            reversals.push_back(reversal.reversal);
            return true;
        });
    if (!visited) return std::unexpected{visited.error()};
    return reversals;
}

Result<std::vector<Reversal>> View::reversals_in(Seq seq, std::size_t most) const {
    std::vector<Reversal> reversals;
    const auto visited = visit_reversals(
        *pinned_->store, pinned_->txn.get(), EntryId{seq, 0}, [&](const Reversal& reversal) {
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
    const auto row =
        find_linked(*pinned_->store, pinned_->txn.get(), Table::reversals, bytes_of(key));
    if (!row) return std::unexpected{row.error()};
    if (!*row) return std::optional<std::uint64_t>{};
    ReversalRow found;
    if ((*row)->size() != sizeof found) return damaged_row(Table::reversals);
    std::memcpy(&found, (*row)->data(), sizeof found);
    return std::optional{found.postings};
}

Result<std::optional<EntryId>> View::find_reference(std::string_view reference) const {
    if (reference.empty() || reference.size() > kReferenceBytesMax) return std::nullopt;
    const auto row =
        find_linked(*pinned_->store, pinned_->txn.get(), Table::references, as_bytes(reference));
    if (!row) return std::unexpected{row.error()};
    if (!*row) return std::nullopt;
    std::uint64_t bits = 0;
    if ((*row)->size() != sizeof bits) return damaged_row(Table::references);
    std::memcpy(&bits, (*row)->data(), sizeof bits);
    return EntryId{bits};
}

Result<Sizes> View::sizes() const {
    const auto counted = pinned_->store->counted_sizes(pinned_->txn.get());
    if (!counted) return std::unexpected{counted.error()};
    const auto rows = [&](Table table) { return (*counted)[static_cast<std::size_t>(table)].rows; };
    return Sizes{.assets = rows(Table::assets),
                 .accounts = rows(Table::accounts),
                 .open_holds = rows(Table::holds),
                 .reversals = rows(Table::reversals),
                 .references = rows(Table::references),
                 .codes = rows(Table::codes),
                 .past_terms = rows(Table::terms)};
}

Result<std::vector<std::uint64_t>> View::outcomes() const {
    const auto row = pinned_->store->outcomes(pinned_->txn.get());
    if (!row) return std::unexpected{row.error()};
    const Bytes bytes = *row;
    if (bytes.size() % sizeof(std::uint64_t) != 0) return damaged_row(Table::meta);
    std::vector<std::uint64_t> outcomes(bytes.size() / sizeof(std::uint64_t));
    if (!bytes.empty()) std::memcpy(outcomes.data(), bytes.data(), bytes.size());
    return outcomes;
}

}  // namespace daybook::projector
