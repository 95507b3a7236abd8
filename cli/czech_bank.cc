#include "cli/czech_bank.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <unordered_set>

#include "base/check.h"
#include "gateway/key.h"
#include "ledger/form.h"
#include "reconcile/csv.h"

namespace daybook::cli {

namespace {

using reconcile::CsvReader;
using reconcile::CsvRecord;

// In the order of the file.
enum Column : std::size_t {
    trans_id,
    account_id,
    date,
    type,
    operation,
    amount,
    balance,
    k_symbol,
    bank,
    account
};
constexpr std::array<std::string_view, 10> kTransactionColumns{
    "trans_id", "account_id", "date",     "type", "operation",
    "amount",   "balance",    "k_symbol", "bank", "account"};

constexpr std::string_view kCash = "bank:cash";
constexpr std::string_view kInterbank = "bank:interbank";
constexpr std::string_view kFees = "income:fees";
constexpr std::string_view kPenaltyInterest = "income:penalty-interest";
constexpr std::string_view kInterest = "expense:interest";

std::unexpected<Error> wrong(const CsvRecord& record, Column column, const char* expected) {
    return fail(ErrorCode::bad_input, "line " + std::to_string(record.line) + ", column " +
                                          std::to_string(column + 1) + " (" +
                                          std::string{kTransactionColumns[column]} + "): '" +
                                          record.fields[column] + "' is not " + expected);
}

Id128 key_of_text(const std::string& text) {
    const auto key = gateway::key_from_text(text);
    CHECK_INVARIANT(key.has_value(), "the keys made here are keys");
    return *key;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// YYMMDD of the years 1900 to 1999.
std::optional<Stamp> parse_date(std::string_view text) {
    if (text.size() != 6) return std::nullopt;
    const auto digits = parse_number(text);
    if (!digits) return std::nullopt;
    const std::chrono::year_month_day day{
        std::chrono::year{1900 + static_cast<int>(*digits / 10'000)},
        std::chrono::month{static_cast<unsigned>(*digits / 100 % 100)},
        std::chrono::day{static_cast<unsigned>(*digits % 100)}};
    if (!day.ok()) return std::nullopt;
    const std::chrono::nanoseconds since = std::chrono::sys_days{day}.time_since_epoch();
    return Stamp{since.count()};
}

Result<Side> side_of(const CsvRecord& record) {
    const auto& text = record.fields[Column::type];
    if (text == "PRIJEM") return Side::credit;
    if (text == "VYDAJ" || text == "VYBER") return Side::debit;
    return wrong(record, Column::type, "PRIJEM, VYDAJ or VYBER");
}

// In the file they have two letters. Longer ones would make keys of accounts that are none.
constexpr std::size_t kBankCodeMax = 11;  // as a BIC, ISO 9362

std::optional<std::string> bank_account(std::string_view code) {
    if (code.empty()) return std::string{kInterbank};
    if (code.size() > kBankCodeMax) return std::nullopt;
    auto account = "banks:" + std::string{code};
    if (!is_account_code(account)) return std::nullopt;
    return account;
}

// The account on the other side, and a check that the operation goes with the side.
Result<std::string> counter_of(const CsvRecord& record, Side side) {
    const auto what = trimmed(record.fields[Column::operation]);
    const auto symbol = trimmed(record.fields[Column::k_symbol]);
    const bool is_credit = side == Side::credit;
    if (what.empty()) {
        if (is_credit && symbol == "UROK") return std::string{kInterest};
        return wrong(record, Column::operation,
                     "given, and only interest credited (UROK) goes without");
    }
    const bool is_in = what == "VKLAD" || what == "PREVOD Z UCTU";
    const bool is_out = what == "VYBER" || what == "VYBER KARTOU" || what == "PREVOD NA UCET";
    if (!is_in && !is_out) return wrong(record, Column::operation, "an operation of this file");
    if (is_in != is_credit) return wrong(record, Column::operation, "an operation of this type");
    if (what.starts_with("PREVOD")) {
        auto account = bank_account(trimmed(record.fields[Column::bank]));
        if (!account) return wrong(record, Column::bank, "a bank's code");
        return *std::move(account);
    }
    if (is_out && symbol == "SLUZBY") return std::string{kFees};
    if (is_out && symbol == "SANKC. UROK") return std::string{kPenaltyInterest};
    return std::string{kCash};
}

std::unexpected<Error> no_header() {
    return fail(
        ErrorCode::bad_input,
        "line 1, column 1: this is not the header of the Czech bank file (trans_id;account_id;"
        "date;type;operation;amount;balance;k_symbol;bank;account); hand in its trans.csv");
}

Result<CzechRow> parse_row(const CsvRecord& record) {
    if (record.fields.size() != kTransactionColumns.size()) {
        return fail(
            ErrorCode::bad_input,
            "line " + std::to_string(record.line) + ", column " +
                std::to_string(std::min(record.fields.size(), kTransactionColumns.size()) + 1) +
                ": the row has " + std::to_string(record.fields.size()) +
                " columns instead of 10; is the file cut?");
    }
    CzechRow row;
    const auto id = parse_number(record.fields[Column::trans_id]);
    if (!id) return wrong(record, Column::trans_id, "a number");
    row.id = *id;
    const auto customer = parse_number(record.fields[Column::account_id]);
    if (!customer) return wrong(record, Column::account_id, "a number");
    row.customer = "customers:" + std::to_string(*customer);
    const auto day = parse_date(record.fields[Column::date]);
    if (!day) return wrong(record, Column::date, "a date YYMMDD");
    row.date = *day;
    const auto side = side_of(record);
    if (!side) return std::unexpected{side.error()};
    row.side = *side;
    auto counter = counter_of(record, row.side);
    if (!counter) return std::unexpected{counter.error()};
    row.counter = *std::move(counter);
    const auto quantity = parse_decimal(record.fields[Column::amount], kCzechScale);
    if (!quantity || quantity->is_zero()) {
        return wrong(record, Column::amount,
                     "an amount above zero with at most 2 digits after the point");
    }
    row.amount = *quantity;
    const auto symbol = trimmed(record.fields[Column::k_symbol]);
    row.description = trimmed(record.fields[Column::operation]);
    if (!row.description.empty() && !symbol.empty()) row.description += ' ';
    row.description += symbol;
    if (!is_plain_text(row.description) || row.description.size() > kDescriptionBytesMax) {
        return wrong(record, Column::k_symbol, "a symbol of this file");
    }
    return row;
}

AccountType type_of(std::string_view code) {
    if (code.starts_with("customers:")) return AccountType::liability;
    if (code.starts_with("income:")) return AccountType::income;
    if (code.starts_with("expense:")) return AccountType::expense;
    return AccountType::asset;
}

}  // namespace

Result<std::vector<CzechRow>> parse_czech_bank(std::string_view text) {
    CsvReader reader{text, ';'};
    auto record = reader.next();
    if (!record || !*record || !std::ranges::equal((*record)->fields, kTransactionColumns))
        return no_header();
    std::vector<CzechRow> rows;
    std::unordered_set<std::uint64_t> ids;
    for (;;) {
        record = reader.next();
        if (!record) return std::unexpected{record.error()};
        if (!*record) return rows;
        auto row = parse_row(**record);
        if (!row) return std::unexpected{row.error()};
        if (!ids.insert(row->id).second) return wrong(**record, Column::trans_id, "unique");
        rows.push_back(*std::move(row));
    }
}

Command czech_asset() {
    return DefineAsset{key_of_text("czech-bank:asset:" + std::string{kCzechAsset}),
                       std::string{kCzechAsset}, kCzechScale};
}

std::vector<Command> czech_accounts(const std::vector<CzechRow>& rows) {
    std::vector<Command> commands;
    std::unordered_set<std::string_view> seen;
    for (const auto& row : rows) {
        for (const auto* code : {&row.counter, &row.customer}) {
            if (!seen.insert(*code).second) continue;
            commands.emplace_back(OpenAccount{key_of_text("czech-bank:account:" + *code),
                                              *code,
                                              std::string{kCzechAsset},
                                              type_of(*code),
                                              {}});
        }
    }
    return commands;
}

PostEntry czech_entry(const CzechRow& row) {
    const Posting customer{{{}, row.customer}, row.side, row.amount};
    const Side other = row.side == Side::credit ? Side::debit : Side::credit;
    const Posting counter{{{}, row.counter}, other, row.amount};
    const auto id = std::to_string(row.id);
    // The debit first, as people write it.
    return {
        key_of_text("czech-bank:" + id),
        row.side == Side::debit ? std::vector{customer, counter} : std::vector{counter, customer},
        {.reference = id, .description = row.description, .tag = {}, .effective_at = row.date}};
}

}  // namespace daybook::cli
