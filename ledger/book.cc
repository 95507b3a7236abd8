#include "ledger/book.h"

#include <functional>
#include <utility>

#include <tsl/robin_map.h>

#include "base/check.h"

namespace daybook {

namespace {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

template <typename Number>
using ByCode = tsl::robin_map<std::string, Number, TextHash, std::equal_to<>>;

template <typename Number>
std::optional<Number> look_up(const ByCode<Number>& map, std::string_view code) {
    const auto found = map.find(code);
    if (found == map.end()) return std::nullopt;
    return found->second;
}

Standing::Bound bound_of(const std::optional<SignedAmount>& limit) {
    if (!limit) return Standing::Bound::none;
    return *limit == SignedAmount{} ? Standing::Bound::zero : Standing::Bound::in_terms;
}

}  // namespace

void Standing::set_bounds(const Limits& limits) {
    min = bound_of(limits.min);
    max = bound_of(limits.max);
}

// Looked up, never iterated: the order of a hash table must not reach a decision.
struct Book::Codes {
    ByCode<AccountNumber> accounts;
    ByCode<AssetNumber> assets;
};

Book::Book() : codes_{std::make_unique<Codes>()} {}
Book::~Book() = default;
Book::Book(Book&&) noexcept = default;
Book& Book::operator=(Book&&) noexcept = default;

std::optional<AccountNumber> Book::find_account(std::string_view code) const {
    return look_up(codes_->accounts, code);
}

std::optional<AssetNumber> Book::find_asset(std::string_view code) const {
    return look_up(codes_->assets, code);
}

const AccountTerms& Book::terms(AccountNumber number) const {
    CHECK_INVARIANT(has(number), "terms are asked of accounts that exist");
    return terms_[number.value() - 1];
}

const Asset& Book::asset(AssetNumber number) const {
    CHECK_INVARIANT(!number.is_none() && number.value() <= assets_.size(),
                    "assets are asked by numbers that exist");
    return assets_[number.value() - 1];
}

AssetNumber Book::define_asset(Asset asset) {
    const AssetNumber number{static_cast<std::uint32_t>(assets_.size() + 1)};
    const bool is_new = codes_->assets.insert({asset.code, number}).second;
    CHECK_INVARIANT(is_new, "an asset is defined once");
    assets_.push_back(std::move(asset));
    return number;
}

AccountNumber Book::open_account(AssetNumber asset, AccountType type, AccountTerms terms) {
    const AccountNumber number{accounts_.size() + 1};
    const bool is_new = codes_->accounts.insert({terms.code, number}).second;
    CHECK_INVARIANT(is_new, "an account is opened once");
    Account account;
    account.asset = asset;
    account.type = type;
    account.set_bounds(terms.limits);
    accounts_.push_back(std::move(account));
    terms_.push_back(std::move(terms));
    return number;
}

void Book::set_state(AccountNumber number, AccountState state) {
    CHECK_INVARIANT(has(number), "only existing accounts change");
    accounts_[number.value() - 1].state = state;
}

void Book::set_limits(AccountNumber number, const Limits& limits) {
    CHECK_INVARIANT(has(number), "only existing accounts change");
    accounts_[number.value() - 1].set_bounds(limits);
    terms_[number.value() - 1].limits = limits;
}

const std::vector<Amount>* Book::find_reversed(EntryId entry) const {
    const auto found = reversed_.find(entry);
    return found == reversed_.end() ? nullptr : &found->second;
}

void Book::set_reversed(EntryId entry, std::vector<Amount> amounts) {
    reversed_.insert_or_assign(entry, std::move(amounts));
}

void Book::restore(AccountNumber number, const Totals& totals, std::uint64_t version,
                   History history) {
    CHECK_INVARIANT(has(number), "only existing accounts are restored");
    Account& account = accounts_[number.value() - 1];
    CHECK_INVARIANT(account.version == 0, "only untouched accounts are restored");
    account.totals = totals;
    account.version = version;
    account.history = std::move(history);
}

History::Links Book::install(const Touch& touch, TouchPointer place) {
    CHECK_INVARIANT(has(touch.account), "only existing accounts are touched");
    Account& account = accounts_[touch.account.value() - 1];
    CHECK_INVARIANT(touch.version == account.version + 1, "an account's versions have no gap");
    account.totals = touch.after;
    account.version = touch.version;
    return account.history.push(place);
}

}  // namespace daybook
