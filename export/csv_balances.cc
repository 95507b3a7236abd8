#include "export/csv_balances.h"

#include <array>
#include <utility>

#include "export/csv_cell.h"
#include "export/text.h"

namespace daybook::exports {

namespace {

constexpr std::string_view kBalancesHead =
    "account,number,type,state,asset,posted_debits_minor,posted_credits_minor,held_debits_minor,"
    "held_credits_minor,balance_minor,balance,available_minor,available,version\r\n";
constexpr std::string_view kTrialHead =
    "account,type,asset,opening_debit,opening_credit,debits,credits,closing_debit,closing_credit"
    "\r\n";

void append_both(std::string& out, SignedAmount amount, unsigned scale) {
    append(out, amount);
    out += ',';
    append_decimal(out, amount, scale);
    out += ',';
}

// The columns of amounts of the trial balance, in the order of its head.
using Columns = std::array<Amount, 6>;

// A balance is in the column of the side that is greater.
std::pair<Amount, Amount> as_columns(Amount debits, Amount credits) {
    const auto debit = checked_subtract(debits, credits);
    const auto credit = checked_subtract(credits, debits);
    return {debit.value_or(Amount{}), credit.value_or(Amount{})};
}

Columns columns_of(const ChartAccount& account, const Opening& opening) {
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

void append_columns(std::string& out, const Columns& columns, unsigned scale) {
    for (const Amount amount : columns) {
        out += ',';
        append_decimal(out, amount, scale);
    }
    out += kCsvLineEnd;
}

}  // namespace

Result<WrittenFile> write_balances(const std::filesystem::path& path, const Chart& chart) {
    auto file = OutputFile::create(path);
    if (!file) return std::unexpected{file.error()};
    std::string& out = (*file)->text();
    out += kBalancesHead;
    for (std::uint64_t number = 1; number <= chart.account_count(); ++number) {
        const ChartAccount& account = chart.account(AccountNumber{number});
        const ChartAsset& asset = chart.asset(account.asset);
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
    std::vector<Columns> sums(chart.asset_count());
    for (std::uint64_t number = 1; number <= chart.account_count(); ++number) {
        const ChartAccount& account = chart.account(AccountNumber{number});
        const ChartAsset& asset = chart.asset(account.asset);
        const Columns columns =
            columns_of(account, number <= openings.size() ? openings[number - 1] : Opening{});
        append_cell(out, account.code);
        out += ',';
        out += name_of(account.type);
        out += ',';
        append_cell(out, asset.code);
        append_columns(out, columns, asset.scale);
        Columns& sum = sums[account.asset.value() - 1];
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto total = checked_add(sum[i], columns[i]);
            if (!total) {
                return fail(ErrorCode::bad_input, "the trial balance of " + asset.code +
                                                      " passes 128 bits; export another format");
            }
            sum[i] = *total;
        }
        if (auto passed = (*file)->pass_on(); !passed) return std::unexpected{passed.error()};
    }
    for (std::uint32_t number = 1; number <= chart.asset_count(); ++number) {
        const ChartAsset& asset = chart.asset(AssetNumber{number});
        out += ",total,";
        append_cell(out, asset.code);
        append_columns(out, sums[number - 1], asset.scale);
    }
    return (*file)->finish();
}

}  // namespace daybook::exports
