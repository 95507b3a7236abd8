#include "export/csv_balances.h"

#include <utility>

#include "export/csv_cell.h"
#include "export/csv_heads.h"
#include "export/text.h"

namespace daybook::exports {

namespace {

void append_both(std::string& out, SignedAmount amount, unsigned scale) {
    append(out, amount);
    out += ',';
    append_decimal(out, amount, scale);
    out += ',';
}

// A balance is in the column of the side that is greater.
std::pair<Amount, Amount> as_columns(Amount debits, Amount credits) {
    const auto debit = checked_subtract(debits, credits);
    const auto credit = checked_subtract(credits, debits);
    return {debit.value_or(Amount{}), credit.value_or(Amount{})};
}

template <typename Columns>
void append_columns(std::string& out, const Columns& columns, unsigned scale) {
    for (const Amount amount : columns) {
        out += ',';
        append_decimal(out, amount, scale);
    }
    out += kCsvLineEnd;
}

}  // namespace

void append_balance(std::string& out, std::uint64_t number, const ChartAccount& account,
                    const ChartAsset& asset) {
    append_cell(out, account.code);
    out += ',';
    append(out, number);
    out += ',';
    out += name_of(account.type);
    out += ',';
    out += name_of(account.state);
    out += ',';
    append_cell(out, asset.code);
    for (const Amount total : {account.totals.posted_debits, account.totals.posted_credits,
                               account.totals.held_debits, account.totals.held_credits}) {
        out += ',';
        append(out, total);
    }
    out += ',';
    append_both(out, posted_balance(account.type, account.totals), asset.scale);
    append_both(out, available_balance(account.type, account.totals), asset.scale);
    append(out, account.version);
    out += kCsvLineEnd;
}

TrialRows::Columns TrialRows::columns_of(const ChartAccount& account, const Opening& opening) {
    const auto [opening_debit, opening_credit] = as_columns(opening.debits, opening.credits);
    const auto [closing_debit, closing_credit] =
        as_columns(account.totals.posted_debits, account.totals.posted_credits);
    return {opening_debit,
            opening_credit,
            checked_subtract(account.totals.posted_debits, opening.debits).value_or(Amount{}),
            checked_subtract(account.totals.posted_credits, opening.credits).value_or(Amount{}),
            closing_debit,
            closing_credit};
}

bool TrialRows::append(std::string& out, const ChartAccount& account, const ChartAsset& asset,
                       const Opening& opening) {
    const Columns columns = columns_of(account, opening);
    append_cell(out, account.code);
    out += ',';
    out += name_of(account.type);
    out += ',';
    append_cell(out, asset.code);
    append_columns(out, columns, asset.scale);
    Columns& sum = sums_[account.asset.value() - 1];
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto total = checked_add(sum[i], columns[i]);
        if (!total) return false;
        sum[i] = *total;
    }
    return true;
}

void TrialRows::append_total(std::string& out, AssetNumber number, const ChartAsset& asset) const {
    out += ",total,";
    append_cell(out, asset.code);
    append_columns(out, sums_[number.value() - 1], asset.scale);
}

Result<WrittenFile> write_balances(const std::filesystem::path& path, const Chart& chart) {
    auto file = OutputFile::create(path);
    if (!file) return std::unexpected{file.error()};
    std::string& out = (*file)->text();
    out += kBalancesHead;
    for (std::uint64_t number = 1; number <= chart.account_count(); ++number) {
        const ChartAccount& account = chart.account(AccountNumber{number});
        append_balance(out, number, account, chart.asset(account.asset));
        if (auto passed = (*file)->pass_on(); !passed) return std::unexpected{passed.error()};
    }
    return (*file)->finish();
}

Result<WrittenFile> write_trial_balance(const std::filesystem::path& path, const Chart& chart,
                                        const std::vector<Opening>& openings) {
    auto file = OutputFile::create(path);
    if (!file) return std::unexpected{file.error()};
    std::string& out = (*file)->text();
    out += kTrialHead;
    TrialRows rows{chart.asset_count()};
    for (std::uint64_t number = 1; number <= chart.account_count(); ++number) {
        const ChartAccount& account = chart.account(AccountNumber{number});
        const ChartAsset& asset = chart.asset(account.asset);
        const Opening opening = number <= openings.size() ? openings[number - 1] : Opening{};
        if (!rows.append(out, account, asset, opening)) {
            return fail(ErrorCode::bad_input, "the trial balance of " + asset.code +
                                                  " passes 128 bits; export another format");
        }
        if (auto passed = (*file)->pass_on(); !passed) return std::unexpected{passed.error()};
    }
    for (std::uint32_t number = 1; number <= chart.asset_count(); ++number)
        rows.append_total(out, AssetNumber{number}, chart.asset(AssetNumber{number}));
    return (*file)->finish();
}

}  // namespace daybook::exports
