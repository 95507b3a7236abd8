#include "ledger/hold.h"

#include <algorithm>
#include <set>
#include <utility>

#include <tsl/robin_map.h>

#include "base/check.h"
#include "ledger/names.h"

namespace daybook {

namespace {

constexpr Named<HoldState, 4> kStates{{
    {HoldState::open, "open"},
    {HoldState::captured, "captured"},
    {HoldState::released, "released"},
    {HoldState::expired, "expired"},
}};

// Ids of neighbouring commands differ in their middle bits only: spread them (Fibonacci hashing).
struct SpreadBits {
    std::size_t operator()(std::uint64_t bits) const {
        bits *= 0x9e3779b97f4a7c15;
        return bits ^ (bits >> 32);
    }
};

}  // namespace

// Looked up to decide, never iterated: the order of a hash table must not reach a decision.
struct HoldTable::Tables {
    tsl::robin_map<std::uint64_t, Hold, SpreadBits> open;
    tsl::robin_map<std::uint64_t, HoldState, SpreadBits> ended;
    std::set<std::pair<Stamp, EntryId>> expiries;  // of open holds that expire
};

HoldTable::HoldTable() : tables_{std::make_unique<Tables>()} {}
HoldTable::~HoldTable() = default;
HoldTable::HoldTable(HoldTable&&) noexcept = default;
HoldTable& HoldTable::operator=(HoldTable&&) noexcept = default;

const Hold* HoldTable::find_open(EntryId id) const {
    const auto found = tables_->open.find(id.bits());
    return found == tables_->open.end() ? nullptr : &found->second;
}

std::optional<HoldState> HoldTable::state_of(EntryId id) const {
    if (tables_->open.contains(id.bits())) return HoldState::open;
    const auto found = tables_->ended.find(id.bits());
    if (found == tables_->ended.end()) return std::nullopt;
    return found->second;
}

void HoldTable::put(EntryId id, const Hold& hold) {
    CHECK_INVARIANT(!tables_->ended.contains(id.bits()), "a hold ends once");
    if (hold.state == HoldState::open) {
        const bool is_new = tables_->open.insert_or_assign(id.bits(), hold).second;
        if (is_new && !hold.expires_at.is_none()) tables_->expiries.emplace(hold.expires_at, id);
        return;
    }
    tables_->open.erase(id.bits());
    tables_->expiries.erase({hold.expires_at, id});
    tables_->ended.insert({id.bits(), hold.state});
}

std::optional<EntryId> HoldTable::due_at(Stamp stamp) const {
    const auto& expiries = tables_->expiries;
    if (expiries.empty() || expiries.begin()->first > stamp) return std::nullopt;
    return expiries.begin()->second;
}

std::optional<Stamp> HoldTable::next_expiry() const {
    const auto& expiries = tables_->expiries;
    if (expiries.empty()) return std::nullopt;
    return expiries.begin()->first;
}

std::size_t HoldTable::open_count() const {
    return tables_->open.size();
}

std::vector<EntryId> HoldTable::open_ids() const {
    std::vector<EntryId> ids;
    ids.reserve(tables_->open.size());
    for (const auto& [bits, hold] : tables_->open)
        ids.emplace_back(bits);
    std::ranges::sort(ids);
    return ids;
}

std::string_view name_of(HoldState state) {
    return name_in(kStates, state);
}

}  // namespace daybook
