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

Result<void> put(MDB_txn* txn, unsigned dbi, Bytes key, Bytes value, unsigned flags) {
    MDB_val key_val{key.size(), const_cast<std::byte*>(key.data())};
    MDB_val value_val{value.size(), const_cast<std::byte*>(value.data())};
    const int code = mdb_put(txn, dbi, &key_val, &value_val, flags);
    if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put");
    return {};
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
    switch (record.kind()) {
        case CommandKind::define_asset:
            return define_asset(record);
        case CommandKind::open_account:
            return open_account(record);
        case CommandKind::transfer:
        case CommandKind::post_entry:
        case CommandKind::void_key:
            break;  // touches say it all
        case CommandKind::place_hold:
        case CommandKind::capture_hold:
        case CommandKind::release_hold:
        case CommandKind::expire_hold:
        case CommandKind::reverse_entry:
        case CommandKind::set_account_state:
        case CommandKind::set_limits:
        case CommandKind::atomic:
            return fail(ErrorCode::damaged,
                        "record " + std::to_string(record.seq().value()) +
                            " is of a kind this version does not know; upgrade the projector");
    }
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

Result<void> Fold::define_asset(const schema::RecordView& record) {
    auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    auto& define = std::get<DefineAsset>(*command);
    if (record.subject() != asset_numbers_.size() + 1) {
        return bad_record(record, "its asset's number is not the next");
    }
    const AssetNumber number{static_cast<std::uint32_t>(record.subject())};
    asset_numbers_.emplace(define.code, number);
    assets_.push_back({.number = number, .code = std::move(define.code), .scale = define.scale});
    return {};
}

Result<void> Fold::open_account(const schema::RecordView& record) {
    auto command = record.command();
    if (!command) return std::unexpected{command.error()};
    auto& open = std::get<OpenAccount>(*command);
    if (record.subject() != slots_.size() + 1) {
        return bad_record(record, "its account's number is not the next");
    }
    const auto asset = asset_numbers_.find(open.asset);
    if (asset == asset_numbers_.end()) return bad_record(record, "its asset is not defined");
    const AccountNumber number{record.subject()};
    images_.push_back({number, {}});
    slots_.push_back(static_cast<std::uint32_t>(images_.size()));
    accounts_.push_back({.number = number,
                         .code = std::move(open.code),
                         .asset = asset->second,
                         .type = open.type,
                         .state = AccountState::open,
                         .limits = open.limits,
                         .opened = record.seq()});
    return {};
}

Result<void> Fold::write(const Store& store, MDB_txn* txn) {
    if (auto written = write_new(store, txn); !written) return written;
    if (auto written = write_balances(store, txn); !written) return written;
    for (const Image& image : images_)
        slots_[image.account.value() - 1] = 0;
    images_.clear();
    assets_.clear();
    accounts_.clear();
    return {};
}

// Numbers only grow: appending refuses any that does not.
Result<void> Fold::write_new(const Store& store, MDB_txn* txn) const {
    const Databases& databases = store.databases();
    for (const AssetInfo& asset : assets_) {
        const std::uint32_t key = key_of(asset.number);
        const AssetRow row = to_row(asset);
        auto done = put(txn, databases.assets, bytes_of(key), bytes_of(row), MDB_APPEND);
        if (!done) return fail(done.error(), "asset " + asset.code);
    }
    for (const AccountInfo& account : accounts_) {
        const std::uint64_t key = key_of(account.number);
        const AccountBytes row{account};
        auto done = put(txn, databases.accounts, bytes_of(key), row.bytes(), MDB_APPEND);
        if (!done) return fail(done.error(), "account " + account.code);
        const std::uint64_t number = account.number.value();
        done = put(txn, databases.codes, as_bytes(account.code), bytes_of(number), MDB_NOOVERWRITE);
        if (!done) return fail(done.error(), "code " + account.code);
    }
    return {};
}

// In the order of the keys, so that a cursor mostly stays on its page.
Result<void> Fold::write_balances(const Store& store, MDB_txn* txn) {
    std::ranges::sort(images_, {}, &Image::account);
    const auto cursor = open_cursor(txn, store.databases().balances);
    if (!cursor) return std::unexpected{cursor.error()};
    for (const Image& image : images_) {
        std::uint64_t key = key_of(image.account);
        BalanceRow row = to_row(image.balance);
        MDB_val key_val{sizeof key, &key};
        MDB_val value{sizeof row, &row};
        const int code = mdb_cursor_put(cursor->get(), &key_val, &value, 0);
        if (code != MDB_SUCCESS) return lmdb_error(code, "cannot put a balance");
    }
    return {};
}

}  // namespace daybook::projector
