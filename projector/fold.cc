#include "projector/fold.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <variant>

#include <lmdb.h>

#include "projector/keys.h"
#include "projector/layout.h"
#include "projector/rows.h"

namespace daybook::projector {

Result<Fold> Fold::resume(const Store& store) {
    auto txn = store.begin(Access::read_only);
    if (!txn) return std::unexpected{txn.error()};
    const auto sizes = store.counted_sizes(txn->get());
    if (!sizes) return std::unexpected{sizes.error()};
    const auto rows = [&](Table table) { return (*sizes)[static_cast<std::size_t>(table)].rows; };
    if (rows(Table::codes) != rows(Table::accounts) ||
        rows(Table::balances) != rows(Table::accounts)) {
        return fail(ErrorCode::damaged, "its databases have different numbers of accounts");
    }
    Fold fold;
    fold.sizes_ = *sizes;
    fold.slots_.resize(rows(Table::accounts));
    for (std::uint32_t value = 1; value <= rows(Table::assets); ++value) {
        const AssetNumber number{value};
        const std::uint32_t key = key_of(number);
        const auto row = find_numbered(store, txn->get(), Table::assets, value, bytes_of(key));
        if (!row) return std::unexpected{row.error()};
        if (!*row) return fail(ErrorCode::damaged, "its assets are not numbered from 1");
        const auto asset = asset_from(number, **row);
        if (!asset) return std::unexpected{asset.error()};
        fold.asset_numbers_.emplace(asset->code, number);
    }
    auto resumed = fold.resume_outcomes(store, txn->get());
    if (!resumed) return std::unexpected{resumed.error()};
    return fold;
}

// There are none before the first commit, and those of newer rejections are not there yet.
Result<void> Fold::resume_outcomes(const Store& store, MDB_txn* txn) {
    const auto row = store.outcomes(txn);
    if (!row) return std::unexpected{row.error()};
    const Bytes bytes = *row;
    if (bytes.size() > sizeof outcomes_ || bytes.size() % sizeof outcomes_[0] != 0) {
        return fail(ErrorCode::damaged, "its outcomes are not what was written");
    }
    if (!bytes.empty()) std::memcpy(outcomes_.data(), bytes.data(), bytes.size());
    return {};
}

Result<void> Fold::apply(const schema::RecordView& record) {
    ++outcomes_[code_of(record.rejection())];
    if (record.has_unique_reference() && record.verdict() == Verdict::accepted) {
        const auto command = record.command();
        if (!command) return std::unexpected{command.error()};
        take_reference(*command, {record.seq(), 0});
    }
    return schema::read_effects(record, *this);
}

template <typename CommandOrMember>
void Fold::take_reference(const CommandOrMember& said, EntryId id) {
    const auto take = [&](const auto& stated) {
        if constexpr (requires { stated.particulars; }) {
            const Particulars& particulars = stated.particulars;
            if (particulars.is_reference_unique) references_.emplace(particulars.reference, id);
        }
    };
    std::visit(take, said);
}

Result<void> Fold::see_atomic(const schema::RecordView& record, const Atomic& stated) {
    for (std::size_t i = 0; i < stated.members.size(); ++i) {
        take_reference(stated.members[i], {record.seq(), static_cast<std::uint16_t>(i)});
    }
    return {};
}

Result<void> Fold::define_asset(const schema::RecordView& record, AssetNumber number,
                                const DefineAsset& stated) {
    if (number.value() != asset_numbers_.size() + 1) {
        return bad_record(record, "its asset's number is not the next");
    }
    asset_numbers_.emplace(stated.code, number);
    assets_.push_back({.number = number, .code = stated.code, .scale = stated.scale});
    return {};
}

Result<void> Fold::open_account(const schema::RecordView& record, AccountNumber number,
                                const OpenAccount& stated) {
    if (number.value() != slots_.size() + 1) {
        return bad_record(record, "its account's number is not the next");
    }
    const auto asset = asset_numbers_.find(stated.asset);
    if (asset == asset_numbers_.end()) return bad_record(record, "its asset is not defined");
    images_.push_back({number, {}});
    slots_.push_back(static_cast<std::uint32_t>(images_.size()));
    accounts_.push_back({.number = number,
                         .code = stated.code,
                         .asset = asset->second,
                         .type = stated.type,
                         .state = AccountState::open,
                         .limits = stated.limits,
                         .opened = record.seq()});
    return {};
}

Result<void> Fold::set_state(const schema::RecordView& record, AccountNumber number,
                             AccountState state) {
    if (!has(number)) return bad_record(record, "it changes an unopened account");
    if (auto* account = change_new(number, record.seq())) {
        account->state = state;
    } else {
        change_of(number, record.seq()).state = state;
    }
    return {};
}

Result<void> Fold::set_limits(const schema::RecordView& record, AccountNumber number,
                              const Limits& limits) {
    if (!has(number)) return bad_record(record, "it changes an unopened account");
    if (auto* account = change_new(number, record.seq())) {
        account->limits = limits;
    } else {
        change_of(number, record.seq()).limits = limits;
    }
    return {};
}

Result<void> Fold::reverse(const schema::RecordView& record, const Remark& remark) {
    ++reversals_[{remark.id(), remark.made_at(record.seq())}];
    return {};
}

Result<void> Fold::put_hold(const schema::RecordView& /*record*/, EntryId id, const Hold& hold) {
    auto& row = holds_[id];
    row.reset();
    if (hold.state != HoldState::open) return {};
    row = OpenHold{.id = id,
                   .debit = hold.debit,
                   .credit = hold.credit,
                   .remaining = hold.remaining,
                   .captured = hold.captured,
                   .expires_at = hold.expires_at};
    return {};
}

Result<void> Fold::touch(const schema::RecordView& record) {
    for (std::size_t index = 0; index < record.touch_count(); ++index) {
        const Touch touch = record.touch(index);
        if (!has(touch.account)) return bad_record(record, "it touches an unopened account");
        std::uint32_t& slot = slots_[touch.account.value() - 1];
        if (slot == 0) {
            images_.push_back({touch.account, {}});
            slot = static_cast<std::uint32_t>(images_.size());
        }
        images_[slot - 1].balance = {
            .totals = touch.after,
            .version = touch.version,
            .last = TouchPointer{record.seq(), static_cast<std::uint16_t>(index)}};
    }
    return {};
}

AccountInfo* Fold::find_new(AccountNumber number) {
    if (accounts_.empty() || number < accounts_.front().number) return nullptr;
    return &accounts_[number.value() - accounts_.front().number.value()];
}

// What it was inside of the record that opened it was never seen.
AccountInfo* Fold::change_new(AccountNumber number, Seq seq) {
    auto* account = find_new(number);
    if (account != nullptr && account->opened < seq) ended_.try_emplace({number, seq}, *account);
    return account;
}

Fold::AccountChange& Fold::change_of(AccountNumber number, Seq seq) {
    auto& changes = changes_[number];
    if (changes.empty() || changes.back().seq != seq) {
        changes.push_back({seq, {}, {}});
        ++change_count_;
    }
    return changes.back();
}

}  // namespace daybook::projector
