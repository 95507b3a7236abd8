// Statements of others and files of postings: camt.053, CSV by a map, CSV to import, a Czech
// bank's file. The first byte says which, the second how a CSV is to be read.
#include <string>

#include "cli/csv_entries.h"
#include "cli/czech_bank.h"
#include "ledger/form.h"
#include "reconcile/camt053.h"
#include "reconcile/csv.h"
#include "reconcile/csv_statement.h"
#include "tests/fuzz/harness.h"

namespace daybook::fuzz {

const std::chrono::milliseconds kTimeLimit{5};

namespace {

const reconcile::Money kMoney{"USD", 2};

void check_statement(const reconcile::OutsideStatement& statement) {
    must(statement.lines.size() <= reconcile::kLinesMax, "a statement has few enough lines");
    for (const auto& line : statement.lines) {
        const auto amount = line.amount.minor_units();
        must(amount <= reconcile::kLineAmountMax && amount >= -reconcile::kLineAmountMax,
             "amounts can be added up");
    }
    static_cast<void>(reconcile::check_sum(statement, kMoney));
}

void check_camt(std::string_view text) {
    static_cast<void>(reconcile::is_xml(text));
    const auto statements = reconcile::read_camt053(text, kMoney);
    if (!statements) return;
    must(!statements->empty(), "a file that reads has a statement");
    for (const auto& statement : *statements)
        check_statement(statement);
    static_cast<void>(reconcile::join(*statements, kMoney));
}

void check_csv(std::string_view text, unsigned char how) {
    reconcile::CsvMap map;
    if ((how & 1) != 0) map.separator = ';';
    if ((how & 2) != 0) {
        map.decimal = ',';
        map.thousands = ".";
    }
    if ((how & 4) != 0) map.day = *reconcile::DayFormat::parse("DD.MM.YY");
    map.skipped_lines = how >> 6;
    map.is_newest_first = (how & 8) != 0;
    map.is_inverted = (how & 16) != 0;
    if ((how & 32) != 0) {
        map.credit = "credit";
        map.debit = "debit";
        map.amount.clear();
        map.is_stated = true;  // only a rules file says such a thing
    }
    reconcile::StatedBalances stated;
    if ((how & 8) != 0) stated = {SignedAmount{}, SignedAmount{Int128{100}}};
    const auto statement = reconcile::read_csv_statement(text, map, kMoney, stated);
    if (statement) check_statement(*statement);
}

void check_entries(std::string_view text) {
    const auto read = cli::read_csv_entries(text);
    if (!read) return;
    std::size_t postings = 0;
    for (const auto& entry : read->entries) {
        must(!entry.key.is_none() && !entry.postings.empty(), "an entry has a key and postings");
        postings += entry.postings.size();
    }
    must(postings <= read->rows, "a row is one posting");
}

void check_czech(std::string_view text) {
    const auto rows = cli::parse_czech_bank(text);
    if (!rows) return;
    for (const auto& account : cli::czech_accounts(*rows))
        must(check_form(account) == Malformation::none, "an account to open is well-formed");
    for (const auto& row : *rows)
        must(check_form(cli::czech_entry(row)) == Malformation::none, "an entry is well-formed");
}

}  // namespace

void test_one(Bytes input) {
    Input parts{input};
    const auto what = parts.number();
    const auto how = parts.number();
    const auto text = text_of(parts.rest());
    switch (what & 3) {
        case 0:
            return check_camt(text);
        case 1:
            return check_csv(text, how);
        case 2:
            return check_entries(text);
        default:
            return check_czech(text);
    }
}

}  // namespace daybook::fuzz
