#include "cli/account_names.h"

#include <variant>

namespace daybook::cli {

void AccountNames::learn(const schema::RecordView& record, const Command& command) {
    if (record.verdict() != Verdict::accepted) return;
    if (const auto* asset = std::get_if<DefineAsset>(&command)) learn(*asset);
    if (const auto* account = std::get_if<OpenAccount>(&command)) learn(*account, record.subject());
    const auto* atomic = std::get_if<Atomic>(&command);
    if (atomic == nullptr) return;
    for (const auto& remark : record.remarks()) {
        if (remark.kind != RemarkKind::number || remark.member >= atomic->members.size()) continue;
        const auto& member = atomic->members[remark.member];
        if (const auto* asset = std::get_if<DefineAsset>(&member)) learn(*asset);
        if (const auto* account = std::get_if<OpenAccount>(&member))
            learn(*account, remark.subject);
    }
}

void AccountNames::learn(const std::string& code, const schema::ResolvedAccount& account) {
    accounts_[account.number.value()] = {code, {account.asset_code, account.scale}};
    numbers_[code] = account.number.value();
}

void AccountNames::learn(const DefineAsset& asset) {
    scales_[asset.code] = asset.scale;
}

void AccountNames::learn(const OpenAccount& account, std::uint64_t number) {
    const auto scale = scales_.find(account.asset);
    if (scale == scales_.end()) return;  // the projection will know
    accounts_[number] = {account.code, {account.asset, scale->second}};
    numbers_[account.code] = number;
}

// A view a look-up: none is kept, however slowly the output is read.
std::optional<AccountNames::Account> AccountNames::read(AccountNumber number) const {
    if (!projection_) return std::nullopt;
    const auto view = projection_->view();
    if (!view) return std::nullopt;
    const auto account = view->account(number);
    if (!account || !*account) return std::nullopt;
    const auto asset = view->asset((*account)->asset);
    if (!asset || !*asset) return std::nullopt;
    return Account{(*account)->code, {(*asset)->code, (*asset)->scale}};
}

std::optional<AccountNumber> AccountNames::read_number(const std::string& code) const {
    if (!projection_) return std::nullopt;
    const auto view = projection_->view();
    if (!view) return std::nullopt;
    const auto number = view->find(code);
    return number ? *number : std::nullopt;
}

const AccountNames::Account* AccountNames::find(AccountNumber number) {
    const auto known = accounts_.find(number.value());
    if (known != accounts_.end()) return &known->second;
    auto account = read(number);
    if (!account) return nullptr;
    numbers_[account->code] = number.value();
    return &(accounts_[number.value()] = *std::move(account));
}

const AccountNames::Account* AccountNames::find(const AccountRef& account) {
    if (account.is_none()) return nullptr;
    if (!account.number.is_none()) return find(account.number);
    const auto known = numbers_.find(account.code);
    if (known != numbers_.end()) return find(AccountNumber{known->second});
    const auto number = read_number(account.code);
    return number ? find(*number) : nullptr;
}

std::string AccountNames::code_of(AccountNumber number) {
    const auto* account = find(number);
    return account == nullptr ? "#" + std::to_string(number.value()) : account->code;
}

std::optional<unsigned> AccountNames::scale_of(AccountNumber number) {
    const auto* account = find(number);
    return account == nullptr ? std::nullopt : std::optional{account->asset.scale};
}

AccountNumber AccountNames::account_of_hold(EntryId hold) const {
    if (!projection_) return {};
    const auto view = projection_->view();
    if (!view) return {};
    const auto open = view->hold(hold);
    return open && *open ? (*open)->debit : AccountNumber{};
}

std::string AccountNames::amount_in(const AccountRef& account, Amount amount) {
    const auto* known = find(account);
    if (known == nullptr) return to_string(amount) + " minor units";
    return to_decimal(amount, known->asset.scale) + " " + known->asset.code;
}

std::string AccountNames::amount_in(AccountNumber number, SignedAmount amount) {
    const auto* known = find(number);
    if (known == nullptr) return to_string(amount) + " minor units";
    return to_decimal(amount, known->asset.scale) + " " + known->asset.code;
}

}  // namespace daybook::cli
