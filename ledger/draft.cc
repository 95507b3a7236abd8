#include "ledger/draft.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace daybook {

namespace {

template <typename Items, typename Key, typename Projection>
auto* find_by(Items& items, const Key& key, Projection projection) {
    const auto found = std::ranges::find(items, key, projection);
    return found == items.end() ? nullptr : &*found;
}

}  // namespace

void Draft::begin_member(std::uint16_t member) {
    is_atomic_ = true;
    member_ = member;
    first_touch_ = decision_.touches.size();
}

void Draft::reject(Rejection rejection, std::uint64_t subject) {
    decision_.clear();
    decision_.kind = Decision::Kind::rejected;
    decision_.rejection = rejection;
    decision_.subject = subject;
    if (is_atomic_) remark({.kind = RemarkKind::failed});
}

void Draft::reject(Rejection rejection, std::uint64_t subject, const Remark& why) {
    reject(rejection, subject);
    remark(why);
}

void Draft::remark(Remark remark) {
    remark.member = is_atomic_ ? member_ : Remark::kNoMember;
    decision_.remarks.push_back(remark);
}

const Standing* Draft::find_changed(AccountNumber number) const {
    const auto* changed =
        find_by(decision_.changes.accounts, number, &Changes::ChangedAccount::number);
    return changed == nullptr ? book_.find(number) : &changed->standing;
}

AccountNumber Draft::resolve(const AccountRef& account) const {
    if (!account.code.empty()) return find_account(account.code).value_or(AccountNumber{});
    return find(account.number) == nullptr ? AccountNumber{} : account.number;
}

std::optional<AccountNumber> Draft::find_account(std::string_view code) const {
    const auto* changed = find_by(decision_.changes.accounts, code, &Changes::ChangedAccount::code);
    return changed == nullptr ? book_.find_account(code) : changed->number;
}

std::optional<AssetNumber> Draft::find_asset(std::string_view code) const {
    const auto& made = decision_.changes.assets;
    const auto* found = find_by(made, code, &Asset::code);
    if (found == nullptr) return book_.find_asset(code);
    return AssetNumber{static_cast<std::uint32_t>(book_.asset_count() + 1 +
                                                  static_cast<std::size_t>(found - made.data()))};
}

unsigned Draft::scale_of(AssetNumber asset) const {
    const std::size_t count = book_.asset_count();
    return asset.value() <= count ? book_.asset(asset).scale
                                  : decision_.changes.assets[asset.value() - count - 1].scale;
}

Limits Draft::limits(AccountNumber number) const {
    const auto* changed =
        find_by(decision_.changes.accounts, number, &Changes::ChangedAccount::number);
    return changed == nullptr ? book_.terms(number).limits : changed->limits;
}

const Touch* Draft::last_touch(AccountNumber number, std::size_t before) const {
    for (std::size_t i = before; i > 0; --i) {
        if (decision_.touches[i - 1].account == number) return &decision_.touches[i - 1];
    }
    return nullptr;
}

Totals Draft::totals(AccountNumber number, const Standing& account) const {
    const Touch* touch = last_touch(number, decision_.touches.size());
    return touch == nullptr ? account.totals : touch->after;
}

std::uint64_t Draft::version(AccountNumber number, const Standing& account) const {
    const Touch* touch = last_touch(number, decision_.touches.size());
    return touch == nullptr ? account.version : touch->version;
}

Totals Draft::totals_before(AccountNumber number, const Standing& account) const {
    const Touch* touch = last_touch(number, first_touch_);
    return touch == nullptr ? account.totals : touch->after;
}

std::uint64_t Draft::define_asset(Asset asset) {
    decision_.changes.assets.push_back(std::move(asset));
    return book_.asset_count() + decision_.changes.assets.size();
}

std::uint64_t Draft::open_account(const OpenAccount& stated, AssetNumber asset) {
    auto& accounts = decision_.changes.accounts;
    const auto opened = std::ranges::count_if(accounts, &Changes::ChangedAccount::is_new);
    const AccountNumber number{book_.account_count() + 1 + static_cast<std::uint64_t>(opened)};
    Changes::ChangedAccount account{.number = number,
                                    .is_new = true,
                                    .standing = {},
                                    .code = stated.code,
                                    .limits = stated.limits};
    account.standing.asset = asset;
    account.standing.type = stated.type;
    account.standing.set_bounds(stated.limits);
    accounts.push_back(std::move(account));
    return number.value();
}

Changes::ChangedAccount& Draft::change(AccountNumber number) {
    auto& accounts = decision_.changes.accounts;
    if (auto* changed = find_by(accounts, number, &Changes::ChangedAccount::number)) {
        return *changed;
    }
    const Standing* standing = book_.find(number);
    CHECK_INVARIANT(standing != nullptr, "only accounts that exist change");
    return accounts.emplace_back(number, false, *standing, std::string{},
                                 book_.terms(number).limits);
}

std::optional<Hold> Draft::find_hold(EntryId id) const {
    if (const auto* changed = find_by(decision_.changes.holds, id, &Changes::ChangedHold::id)) {
        return changed->hold;
    }
    if (const Hold* open = book_.holds().find_open(id)) return *open;
    const auto state = book_.holds().state_of(id);
    if (!state) return std::nullopt;
    Hold ended;
    ended.state = *state;
    return ended;
}

void Draft::put_hold(EntryId id, const Hold& hold) {
    auto& holds = decision_.changes.holds;
    if (auto* changed = find_by(holds, id, &Changes::ChangedHold::id)) {
        changed->hold = hold;
    } else {
        holds.push_back({id, hold});
    }
}

const MadeEntry* Draft::find_entry(EntryId id) const {
    const auto& entries = id.seq() == turn_.seq ? entries_ : facts_.originals;
    return find_by(entries, id, &MadeEntry::id);
}

void Draft::note_entry(bool is_reversal, std::vector<ResolvedPosting> postings) {
    entries_.push_back({id(), is_reversal, std::move(postings)});
}

bool Draft::has_reference(std::string_view reference) const {
    return std::ranges::find(references_, reference) != references_.end();
}

void Draft::note_reference(std::string_view reference) {
    if (is_atomic_ && !reference.empty()) references_.push_back(reference);
}

std::vector<Amount> Draft::reversed(const MadeEntry& entry) const {
    if (const auto* changed =
            find_by(decision_.changes.entries, entry.id, &Changes::ChangedEntry::id)) {
        return changed->reversed;
    }
    const auto* known = book_.find_reversed(entry.id);
    auto amounts = known == nullptr ? std::vector<Amount>{} : *known;
    amounts.resize(entry.postings.size());
    return amounts;
}

void Draft::put_reversed(EntryId id, std::vector<Amount> amounts) {
    auto& entries = decision_.changes.entries;
    if (auto* changed = find_by(entries, id, &Changes::ChangedEntry::id)) {
        changed->reversed = std::move(amounts);
    } else {
        entries.push_back({id, std::move(amounts)});
    }
}

}  // namespace daybook
