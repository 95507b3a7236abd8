#include "export/balances_check.h"

#include <algorithm>
#include <array>
#include <utility>

#include "export/csv_cell.h"
#include "export/csv_row.h"

namespace daybook::exports {

namespace {

// Of balances.csv.
enum Column : std::size_t {
    code,
    number,
    type,
    state,
    asset,
    posted_debits,
    posted_credits,
    held_debits,
    held_credits,
    version = 13,
    columns = 14
};

std::unexpected<Error> wrong(const std::string& what) {
    return fail(ErrorCode::bad_input, what);
}

// Balances can be made of no greater ones.
bool is_in_range(const Totals& totals) {
    const auto debits = checked_add(totals.posted_debits, totals.held_debits);
    const auto credits = checked_add(totals.posted_credits, totals.held_credits);
    return debits && credits && *debits <= kSideTotalMax && *credits <= kSideTotalMax;
}

bool add_to(Amount& sum, Amount amount) {
    const auto total = checked_add(sum, amount);
    if (total) sum = *total;
    return total.has_value();
}

std::vector<ChartAsset> assets_of(const Manifest& manifest) {
    std::vector<ChartAsset> assets;
    assets.reserve(manifest.totals.size());
    for (const auto& totals : manifest.totals)
        assets.push_back({totals.asset, totals.scale});
    return assets;
}

// `text` has no LF.
bool is_row(const std::string& expected, std::string_view text) {
    return expected.size() == text.size() + 1 && expected.starts_with(text);
}

}  // namespace

BalancesCheck::BalancesCheck(const Manifest& manifest, const EntriesCheck& entries)
    : manifest_{manifest},
      entries_{entries},
      assets_{assets_of(manifest)},
      sums_(assets_.size()),
      trial_{assets_.size()} {}

Result<ChartAccount> BalancesCheck::read_account(std::string_view text) {
    if (!split_row(text, cells_) || cells_.size() != columns) {
        return wrong("it is no row of 14 cells that ends with CR LF");
    }
    if (!codes_.insert(cells_[code]).second) return wrong("its account has a row already");
    const auto kind = parse_account_type(cells_[type]);
    const auto now = parse_account_state(cells_[state]);
    const auto known = std::ranges::find(assets_, without_escape(cells_[asset]), &ChartAsset::code);
    const auto versions = parse_amount(cells_[version]);
    if (!kind || !now || known == assets_.end() || !versions || versions->high() != 0) {
        return wrong("its type, state, asset or version is none");
    }
    std::array<Amount, 4> totals;
    for (std::size_t i = 0; i < totals.size(); ++i) {
        const auto total = parse_amount(cells_[posted_debits + i]);
        if (!total) return wrong("a total is no amount");
        totals[i] = *total;
    }
    const auto place = static_cast<std::uint32_t>(known - assets_.begin());
    ChartAccount account{std::string{without_escape(cells_[code])},
                         AssetNumber{place + 1},
                         *kind,
                         *now,
                         versions->low(),
                         {totals[0], totals[1], totals[2], totals[3]}};
    if (!is_in_range(account.totals)) return wrong("its totals are greater than any can be");
    return account;
}

// What its totals were before the cut, which began with none where it began with seq 1.
Result<Opening> BalancesCheck::opening_of(const ChartAccount& account) const {
    const auto found = entries_.accounts().find(cells_[code]);
    const bool is_posted = found != entries_.accounts().end();
    const PostedAccount posted = is_posted ? found->second : PostedAccount{};
    if (is_posted && posted.asset != cells_[asset]) {
        return wrong("its asset is not that of its rows in entries.csv");
    }
    if (is_posted && posted_balance(account.type, account.totals) != posted.balance) {
        return wrong("its balance is not that of the account's last row in entries.csv, " +
                     to_string(posted.balance));
    }
    const int debit_sign = normal_side(account.type) == Side::debit ? 1 : -1;
    if (posted.debit_sign != 0 && posted.debit_sign != debit_sign) {
        return wrong("its rows in entries.csv are of an account of another type");
    }
    const auto debits = checked_subtract(account.totals.posted_debits, posted.debits);
    const auto credits = checked_subtract(account.totals.posted_credits, posted.credits);
    const bool begins_empty = manifest_.from == Seq{1};
    if (!debits || !credits || (begins_empty && !(debits->is_zero() && credits->is_zero()))) {
        return wrong("its posted totals do not follow from its rows in entries.csv");
    }
    return Opening{*debits, *credits};
}

Result<void> BalancesCheck::add_balance(std::string_view text) {
    auto account = read_account(text);
    if (!account) return std::unexpected{account.error()};
    expected_.clear();
    append_balance(expected_, rows_.size() + 1, *account, assets_[account->asset.value() - 1]);
    if (!is_row(expected_, text)) {
        return wrong("its number or its balances do not follow from its place and its totals");
    }
    const auto opening = opening_of(*account);
    if (!opening) return std::unexpected{opening.error()};
    Opening& sum = sums_[account->asset.value() - 1];
    if (!add_to(sum.debits, account->totals.posted_debits) ||
        !add_to(sum.credits, account->totals.posted_credits)) {
        return wrong("the sum of its asset passes 128 bits");
    }
    rows_.push_back({*std::move(account), *opening});
    return {};
}

Result<void> BalancesCheck::end_balances() const {
    std::string missing;
    for (const auto& [posted, ignored] : entries_.accounts()) {
        if (!codes_.contains(posted) && (missing.empty() || posted < missing)) missing = posted;
    }
    if (!missing.empty()) {
        return wrong("account '" + missing + "' has rows in entries.csv but none here");
    }
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        const AssetTotals& totals = manifest_.totals[i];
        const bool fits =
            checked_add(totals.debits_before, totals.debits) == std::optional{sums_[i].debits} &&
            checked_add(totals.credits_before, totals.credits) == std::optional{sums_[i].credits};
        if (!fits) return wrong("its totals of " + totals.asset + " are not the manifest's");
    }
    return {};
}

Result<void> BalancesCheck::add_trial(std::string_view text) {
    const std::size_t place = trial_rows_++;
    expected_.clear();
    if (place < rows_.size()) {
        const Row& row = rows_[place];
        const ChartAsset& of_row = assets_[row.account.asset.value() - 1];
        if (!trial_.append(expected_, row.account, of_row, row.opening)) {
            return wrong("the sum of its asset passes 128 bits");
        }
    } else if (place < rows_.size() + assets_.size()) {
        const auto total = static_cast<std::uint32_t>(place - rows_.size());
        trial_.append_total(expected_, AssetNumber{total + 1}, assets_[total]);
    } else {
        return wrong("there is no such row");
    }
    if (is_row(expected_, text)) return {};
    return wrong("it is not what balances.csv and entries.csv give");
}

Result<void> BalancesCheck::end_trial() const {
    if (trial_rows_ == rows_.size() + assets_.size()) return {};
    return wrong("it ends before its last row");
}

}  // namespace daybook::exports
