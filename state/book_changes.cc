#include "state/book_changes.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "ledger/form.h"

namespace daybook::state {

using schema::bad_record;
using schema::RecordView;

namespace {

constexpr std::size_t kPlacesMax = std::size_t{1} << 20;

}  // namespace

BookChanges::BookChanges(const std::vector<std::string>& asset_codes, std::uint64_t account_count)
    : slots_(account_count) {
    for (const auto& code : asset_codes)
        asset_numbers_.emplace(code, next_asset());
}

AssetNumber BookChanges::next_asset() const {
    return AssetNumber{static_cast<std::uint32_t>(asset_numbers_.size() + 1)};
}

Result<void> BookChanges::apply(const RecordView& record) {
    ++record_count_;
    return schema::read_effects(record, *this);
}

void BookChanges::apply_to(AccountNumber number, SavedAccount& account) const {
    if (const auto terms = terms_.find(number); terms != terms_.end()) {
        account.state = terms->second.state.value_or(account.state);
        account.limits = terms->second.limits.value_or(account.limits);
    }
    const std::uint32_t slot = slots_[number.value() - 1];
    if (slot == 0) return;
    const Image& image = images_[slot - 1];
    CHECK_INVARIANT(places_.empty(), "histories are settled before they are asked for");
    account.totals = image.totals;
    account.version = image.version;
    History history = History::of_length(image.version);
    for (std::size_t i = 0; i < history.depth(); ++i) {
        // A root from before stands where it stood.
        const TouchPointer root = histories_[slot - 1].root(i);
        history.set_root(i, root.is_none() ? account.history.root(i) : root);
    }
    account.history = std::move(history);
}

void BookChanges::forget() {
    for (const Image& image : images_)
        slots_[image.account.value() - 1] = 0;
    images_.clear();
    histories_.clear();
    places_.clear();
    assets_.clear();
    accounts_.clear();
    terms_.clear();
    holds_.clear();
    reversed_.clear();
    record_count_ = 0;
}

Result<void> BookChanges::define_asset(const RecordView& record, AssetNumber number,
                                       const DefineAsset& stated) {
    if (number != next_asset()) return bad_record(record, "its asset's number is not the next");
    asset_numbers_.emplace(stated.code, number);
    assets_.push_back({.code = stated.code, .scale = stated.scale});
    return {};
}

Result<void> BookChanges::open_account(const RecordView& record, AccountNumber number,
                                       const OpenAccount& stated) {
    if (number.value() != slots_.size() + 1) {
        return bad_record(record, "its account's number is not the next");
    }
    const auto asset = asset_numbers_.find(stated.asset);
    if (asset == asset_numbers_.end()) return bad_record(record, "its asset is not defined");
    slots_.push_back(0);
    accounts_.push_back({.asset = asset->second,
                         .type = stated.type,
                         .state = AccountState::open,
                         .limits = stated.limits,
                         .opened = record.seq(),
                         .code = stated.code,
                         .totals = {},
                         .version = 0,
                         .history = {}});
    return {};
}

Result<void> BookChanges::set_state(const RecordView& record, AccountNumber number,
                                    AccountState state) {
    if (!has(number)) return bad_record(record, "it changes an unopened account");
    terms_[number].state = state;
    return {};
}

Result<void> BookChanges::set_limits(const RecordView& record, AccountNumber number,
                                     const Limits& limits) {
    if (!has(number)) return bad_record(record, "it changes an unopened account");
    terms_[number].limits = limits;
    return {};
}

Result<void> BookChanges::reverse(const RecordView& record, const Remark& remark) {
    if (remark.count >= kPostingsMax) return bad_record(record, "it reverses an unmade posting");
    auto& amounts = reversed_[remark.id()];
    if (amounts.size() <= remark.count) amounts.resize(remark.count + std::size_t{1});
    amounts[remark.count] = remark.amount_y();
    return {};
}

Result<void> BookChanges::put_hold(const RecordView& /*record*/, EntryId id, const Hold& hold) {
    holds_.insert_or_assign(id, hold);
    return {};
}

Result<void> BookChanges::touch(const RecordView& record) {
    if (places_.size() >= kPlacesMax) settle();
    for (std::size_t index = 0; index < record.touch_count(); ++index) {
        const Touch touch = record.touch(index);
        if (!has(touch.account) || touch.version == 0) {
            return bad_record(record, "it touches an unopened account");
        }
        std::uint32_t& slot = slots_[touch.account.value() - 1];
        if (slot == 0) {
            images_.push_back(
                {.account = touch.account, .version = touch.version - 1, .totals = {}});
            histories_.push_back(History::of_length(touch.version - 1));
            slot = static_cast<std::uint32_t>(images_.size());
        }
        Image& image = images_[slot - 1];
        if (touch.version != image.version + 1) {
            return bad_record(record, "an account's version has a gap");
        }
        image.totals = touch.after;
        image.version = touch.version;
        places_.push_back(
            {slot - 1, TouchPointer{record.seq(), static_cast<std::uint16_t>(index)}});
    }
    return {};
}

// A counting sort by account, which keeps the order of each one's touches.
void BookChanges::settle() {
    ends_.assign(images_.size() + 1, 0);
    for (const Place& place : places_)
        ++ends_[place.slot + 1];
    std::partial_sum(ends_.begin(), ends_.end(), ends_.begin());
    by_account_.resize(places_.size());
    for (const Place& place : places_)
        by_account_[ends_[place.slot]++] = place.touch;
    // Each end has become the next one's beginning.
    std::uint32_t next = 0;
    for (std::size_t slot = 0; slot < images_.size(); ++slot) {
        for (; next < ends_[slot]; ++next)
            histories_[slot].push(by_account_[next]);
    }
    places_.clear();
}

}  // namespace daybook::state
