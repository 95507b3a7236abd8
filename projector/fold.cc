#include "projector/fold.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>
#include <variant>

#include <lmdb.h>

#include "projector/layout.h"
#include "projector/rows.h"

namespace daybook::projector {

namespace {

std::unexpected<Error> bad_record(const schema::RecordView& record, const std::string& why) {
    return fail(ErrorCode::damaged, "record " + std::to_string(record.seq().value()) + ": " + why +
                                        "; verify the journal");
}

Result<std::size_t> count(MDB_txn* txn, unsigned dbi) {
    MDB_stat stat{};
    const int code = mdb_stat(txn, dbi, &stat);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot count");
    return stat.ms_entries;
}

}  // namespace

Result<Fold> Fold::resume(const Store& store) {
    const Databases& databases = store.databases();
    auto txn = store.begin(Access::read_only);
    if (!txn) return std::unexpected{txn.error()};
    const auto assets = count(txn->get(), databases.assets);
    if (!assets) return std::unexpected{assets.error()};
    const auto accounts = count(txn->get(), databases.accounts);
    if (!accounts) return std::unexpected{accounts.error()};
    for (const unsigned dbi : {databases.codes, databases.balances}) {
        const auto others = count(txn->get(), dbi);
        if (!others) return std::unexpected{others.error()};
        if (*others != *accounts) {
            return fail(ErrorCode::damaged, "its databases have different numbers of accounts");
        }
    }
    Fold fold;
    fold.slots_.resize(*accounts);
    for (std::uint32_t value = 1; value <= *assets; ++value) {
        const AssetNumber number{value};
        const std::uint32_t key = key_of(number);
        const auto row = get(txn->get(), databases.assets, bytes_of(key));
        if (!row) return std::unexpected{row.error()};
        const std::optional<Bytes>& bytes = *row;
        if (!bytes) return fail(ErrorCode::damaged, "its assets are not numbered from 1");
        const auto asset = asset_from(number, *bytes);
        if (!asset) return std::unexpected{asset.error()};
        fold.asset_numbers_.emplace(asset->code, number);
    }
    return fold;
}

Result<void> Fold::apply(const schema::RecordView& record) {
    if (record.verdict() != Verdict::accepted) return {};
    if (auto done = apply_kind(record); !done) return done;
    for (std::size_t i = 0; i < record.remark_count(); ++i) {
        if (auto done = apply_remark(record, record.remark(i)); !done) return done;
    }
    return apply_touches(record);
}

// What neither touches nor remarks say in full.
Result<void> Fold::apply_kind(const schema::RecordView& record) {
    const CommandKind kind = record.kind();
    const bool is_needed = kind == CommandKind::define_asset || kind == CommandKind::open_account ||
                           kind == CommandKind::atomic;
    if (kind < CommandKind::transfer || kind > kCommandKindLast) {
        return bad_record(record, "it is of a kind this version does not know; upgrade it");
    }
    if (!is_needed) return {};
    const auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    if (const auto* asset = std::get_if<DefineAsset>(&*command)) {
        return define_asset(record, record.subject(), *asset);
    }
    if (const auto* account = std::get_if<OpenAccount>(&*command)) {
        return open_account(record, record.subject(), *account);
    }
    return apply_members(record, std::get<Atomic>(*command));
}

Result<void> Fold::apply_members(const schema::RecordView& record, const Atomic& atomic) {
    for (std::size_t i = 0; i < record.remark_count(); ++i) {
        const Remark remark = record.remark(i);
        if (remark.kind != RemarkKind::number) continue;
        if (remark.member >= atomic.members.size()) return bad_record(record, "it lacks a member");
        const Member& member = atomic.members[remark.member];
        Result<void> done;
        if (const auto* asset = std::get_if<DefineAsset>(&member)) {
            done = define_asset(record, remark.subject, *asset);
        } else if (const auto* account = std::get_if<OpenAccount>(&member)) {
            done = open_account(record, remark.subject, *account);
        }
        if (!done) return done;
    }
    return {};
}

Result<void> Fold::apply_remark(const schema::RecordView& record, const Remark& remark) {
    const bool is_of_account =
        remark.kind == RemarkKind::state || remark.kind == RemarkKind::limits;
    if (is_of_account && (remark.subject == 0 || remark.subject > slots_.size())) {
        return bad_record(record, "it changes an unopened account");
    }
    switch (remark.kind) {
        case RemarkKind::state:
            if (remark.count < static_cast<std::uint32_t>(AccountState::open) ||
                remark.count > static_cast<std::uint32_t>(AccountState::closed)) {
                return bad_record(record, "it sets an unknown state");
            }
            set_state(remark.account(), remark.account_state());
            return {};
        case RemarkKind::limits:
            set_limits(remark.account(), remark.limits());
            return {};
        case RemarkKind::reversed:
            ++reversals_[{remark.id(), remark.made_at(record.seq())}];
            return {};
        case RemarkKind::hold: {
            if (remark.index + std::size_t{1} >= record.touch_count()) {
                return bad_record(record, "a hold lacks its touches");
            }
            auto& hold = holds_[remark.id()];
            hold.reset();
            if (remark.hold_state() != HoldState::open) return {};
            hold = OpenHold{.id = remark.id(),
                            .debit = record.touch(remark.index).account,
                            .credit = record.touch(remark.index + std::size_t{1}).account,
                            .remaining = remark.amount_x(),
                            .captured = remark.amount_y(),
                            .expires_at = remark.at};
            return {};
        }
        case RemarkKind::shortfall:
        case RemarkKind::unmet:
        case RemarkKind::excess:
        case RemarkKind::rate:
        case RemarkKind::failed:
        case RemarkKind::number:
        case RemarkKind::taken:
            return {};
    }
    return bad_record(record, "it has a remark this version does not know; upgrade it");
}

Result<void> Fold::apply_touches(const schema::RecordView& record) {
    for (std::size_t index = 0; index < record.touch_count(); ++index) {
        const Touch touch = record.touch(index);
        const std::uint64_t place = touch.account.value() - 1;  // huge for "none"
        if (place >= slots_.size()) return bad_record(record, "it touches an unopened account");
        std::uint32_t& slot = slots_[place];
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

Result<void> Fold::define_asset(const schema::RecordView& record, std::uint64_t number,
                                const DefineAsset& stated) {
    if (number != asset_numbers_.size() + 1) {
        return bad_record(record, "its asset's number is not the next");
    }
    const AssetNumber asset{static_cast<std::uint32_t>(number)};
    asset_numbers_.emplace(stated.code, asset);
    assets_.push_back({.number = asset, .code = stated.code, .scale = stated.scale});
    return {};
}

Result<void> Fold::open_account(const schema::RecordView& record, std::uint64_t number,
                                const OpenAccount& stated) {
    if (number != slots_.size() + 1) {
        return bad_record(record, "its account's number is not the next");
    }
    const auto asset = asset_numbers_.find(stated.asset);
    if (asset == asset_numbers_.end()) return bad_record(record, "its asset is not defined");
    images_.push_back({AccountNumber{number}, {}});
    slots_.push_back(static_cast<std::uint32_t>(images_.size()));
    accounts_.push_back({.number = AccountNumber{number},
                         .code = stated.code,
                         .asset = asset->second,
                         .type = stated.type,
                         .state = AccountState::open,
                         .limits = stated.limits,
                         .opened = record.seq()});
    return {};
}

AccountInfo* Fold::find_new(AccountNumber number) {
    if (accounts_.empty() || number < accounts_.front().number) return nullptr;
    return &accounts_[number.value() - accounts_.front().number.value()];
}

void Fold::set_state(AccountNumber number, AccountState state) {
    if (auto* account = find_new(number)) {
        account->state = state;
    } else {
        changes_[number].state = state;
    }
}

void Fold::set_limits(AccountNumber number, const Limits& limits) {
    if (auto* account = find_new(number)) {
        account->limits = limits;
    } else {
        changes_[number].limits = limits;
    }
}

}  // namespace daybook::projector
