#include "export/chart.h"

#include <algorithm>
#include <string>

#include "base/check.h"

namespace daybook::exports {

using schema::bad_record;

Result<void> Chart::take(const schema::RecordView& record, std::vector<PostedTouch>& posted) {
    posted.clear();
    if (record.verdict() != Verdict::accepted) return {};
    const CommandKind kind = record.kind();
    const bool makes_or_sets = kind == CommandKind::define_asset ||
                               kind == CommandKind::open_account || kind == CommandKind::atomic ||
                               kind == CommandKind::set_account_state;
    if (makes_or_sets) {
        if (auto learned = schema::read_effects(record, *this); !learned) return learned;
    }
    for (std::size_t i = 0; i < record.touch_count(); ++i) {
        const Touch touch = record.touch(i);
        if (!has(touch.account))
            return bad_record(record, "it touches an account that is not there");
        ChartAccount& account = accounts_[touch.account.value() - 1];
        if (touch.version != account.version + 1) {
            return bad_record(record, "the version of account '" + account.code + "' has a gap");
        }
        const auto debit =
            checked_subtract(touch.after.posted_debits, account.totals.posted_debits);
        const auto credit =
            checked_subtract(touch.after.posted_credits, account.totals.posted_credits);
        if (!debit || !credit || (!debit->is_zero() && !credit->is_zero())) {
            return bad_record(record, "the totals of account '" + account.code +
                                          "' do not follow from those before");
        }
        account.version = touch.version;
        account.totals = touch.after;
        if (debit->is_zero() && credit->is_zero()) continue;
        const bool is_debit = !debit->is_zero();
        posted.push_back({i, touch.account, is_debit ? Side::debit : Side::credit,
                          is_debit ? *debit : *credit, touch.after});
    }
    return {};
}

const ChartAsset& Chart::asset(AssetNumber number) const {
    CHECK_INVARIANT(number.value() - 1 < assets_.size(), "only assets that exist are asked for");
    return assets_[number.value() - 1];
}

const ChartAccount& Chart::account(AccountNumber number) const {
    CHECK_INVARIANT(has(number), "only accounts that exist are asked for");
    return accounts_[number.value() - 1];
}

AccountNumber Chart::find(std::string_view code) const {
    const auto found = std::ranges::find(accounts_, code, &ChartAccount::code);
    if (found == accounts_.end()) return {};
    return AccountNumber{static_cast<std::uint64_t>(found - accounts_.begin()) + 1};
}

Result<void> Chart::define_asset(const schema::RecordView& record, AssetNumber number,
                                 const DefineAsset& stated) {
    if (number.value() != assets_.size() + 1)
        return bad_record(record, "an asset's number has a gap");
    assets_.push_back({stated.code, stated.scale});
    return {};
}

Result<void> Chart::open_account(const schema::RecordView& record, AccountNumber number,
                                 const OpenAccount& stated) {
    if (number.value() != accounts_.size() + 1) {
        return bad_record(record, "an account's number has a gap");
    }
    const auto asset = std::ranges::find(assets_, stated.asset, &ChartAsset::code);
    if (asset == assets_.end()) return bad_record(record, "it opens an account in no asset");
    const auto asset_number = static_cast<std::uint32_t>(asset - assets_.begin()) + 1;
    accounts_.push_back(
        {stated.code, AssetNumber{asset_number}, stated.type, AccountState::open, 0, {}});
    return {};
}

Result<void> Chart::set_state(const schema::RecordView& record, AccountNumber number,
                              AccountState state) {
    if (!has(number))
        return bad_record(record, "it sets the state of an account that is not there");
    accounts_[number.value() - 1].state = state;
    return {};
}

Result<void> Chart::set_limits(const schema::RecordView& /*record*/, AccountNumber /*number*/,
                               const Limits& /*limits*/) {
    return {};
}
Result<void> Chart::reverse(const schema::RecordView& /*record*/, const Remark& /*remark*/) {
    return {};
}
Result<void> Chart::put_hold(const schema::RecordView& /*record*/, EntryId /*id*/,
                             const Hold& /*hold*/) {
    return {};
}
Result<void> Chart::touch(const schema::RecordView& /*record*/) {
    return {};
}

}  // namespace daybook::exports
