#include "cli/czech_bank.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <catch2/catch.hpp>

#include "ledger/book.h"
#include "ledger/decide.h"
#include "ledger/form.h"

namespace daybook::cli {

namespace {

const std::string kHeader =
    "trans_id;account_id;date;type;operation;amount;balance;k_symbol;bank;account\n";

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

CzechRow row_of(const std::string& line) {
    auto rows = parse_czech_bank(kHeader + line + "\n");
    if (!rows) FAIL(rows.error().detail);
    REQUIRE(rows->size() == 1);
    return rows->front();
}

// A row of the given type, operation, k_symbol and bank.
CzechRow mapped(const std::string& type, const std::string& operation, const std::string& symbol,
                const std::string& bank = {}) {
    return row_of("7;12;930131;" + type + ";" + operation + ";1.00;0;" + symbol + ";" + bank + ";");
}

std::string error_of(const std::string& line) {
    const auto rows = parse_czech_bank(kHeader + line + "\n");
    REQUIRE_FALSE(rows);
    CHECK(rows.error().code == ErrorCode::bad_input);
    return rows.error().detail;
}

// Decides everything on a book and returns each customer's balance.
std::map<std::string, SignedAmount> balances_of(const std::vector<CzechRow>& rows) {
    Book book;
    Decision decision;
    Seq seq;
    const auto submit = [&](const Command& command) {
        REQUIRE(check_form(command) == Malformation::none);
        seq = seq.next();
        decide(book, Facts{}, command, Turn{seq, Stamp{1}}, decision);
        REQUIRE(decision.kind == Decision::Kind::accepted);
        apply(book, seq, decision);
    };
    submit(czech_asset());
    for (const auto& command : czech_accounts(rows))
        submit(command);
    for (const auto& row : rows)
        submit(czech_entry(row));
    std::map<std::string, SignedAmount> balances;
    for (const auto& row : rows) {
        const Account& account = *book.find(*book.find_account(row.customer));
        balances[row.customer] = posted_balance(account.type, account.totals);
    }
    return balances;
}

std::map<std::string, SignedAmount> sums_of(const std::vector<CzechRow>& rows) {
    std::map<std::string, Int128> sums;
    for (const auto& row : rows) {
        const auto amount = static_cast<Int128>(row.amount.minor_units());
        sums[row.customer] += row.side == Side::credit ? amount : -amount;
    }
    std::map<std::string, SignedAmount> result;
    for (const auto& [customer, sum] : sums)
        result[customer] = SignedAmount{sum};
    return result;
}

}  // namespace

TEST_CASE("each operation and k_symbol of the file has its counter account", "[cli][czech]") {
    struct Case {
        const char* type;
        const char* operation;
        const char* symbol;
        const char* bank;
        Side side;
        const char* counter;
        const char* description;
    };
    // Every combination that occurs in the data.
    const std::vector<Case> cases{
        {"PRIJEM", "VKLAD", "", "", Side::credit, "bank:cash", "VKLAD"},
        {"PRIJEM", "PREVOD Z UCTU", "", "AB", Side::credit, "banks:AB", "PREVOD Z UCTU"},
        {"PRIJEM", "PREVOD Z UCTU", "DUCHOD", "ST", Side::credit, "banks:ST",
         "PREVOD Z UCTU DUCHOD"},
        {"PRIJEM", "", "UROK", "", Side::credit, "expense:interest", "UROK"},
        {"VYBER", "VYBER", "", "", Side::debit, "bank:cash", "VYBER"},
        {"VYDAJ", "VYBER", "", "", Side::debit, "bank:cash", "VYBER"},
        {"VYDAJ", "VYBER", " ", "", Side::debit, "bank:cash", "VYBER"},
        {"VYDAJ", "VYBER", "SIPO", "", Side::debit, "bank:cash", "VYBER SIPO"},
        {"VYDAJ", "VYBER KARTOU", "", "", Side::debit, "bank:cash", "VYBER KARTOU"},
        {"VYDAJ", "VYBER", "SLUZBY", "", Side::debit, "income:fees", "VYBER SLUZBY"},
        {"VYDAJ", "VYBER", "SANKC. UROK", "", Side::debit, "income:penalty-interest",
         "VYBER SANKC. UROK"},
        {"VYDAJ", "PREVOD NA UCET", "", "YZ", Side::debit, "banks:YZ", "PREVOD NA UCET"},
        {"VYDAJ", "PREVOD NA UCET", " ", "YZ", Side::debit, "banks:YZ", "PREVOD NA UCET"},
        {"VYDAJ", "PREVOD NA UCET", "POJISTNE", "IJ", Side::debit, "banks:IJ",
         "PREVOD NA UCET POJISTNE"},
        {"VYDAJ", "PREVOD NA UCET", "SIPO", "IJ", Side::debit, "banks:IJ", "PREVOD NA UCET SIPO"},
        {"VYDAJ", "PREVOD NA UCET", "UVER", "IJ", Side::debit, "banks:IJ", "PREVOD NA UCET UVER"},
        {"VYDAJ", "PREVOD NA UCET", "", "", Side::debit, "bank:interbank", "PREVOD NA UCET"},
    };
    for (const auto& expected : cases) {
        CAPTURE(expected.type, expected.operation, expected.symbol);
        const auto row = mapped(expected.type, expected.operation, expected.symbol, expected.bank);
        CHECK(row.side == expected.side);
        CHECK(row.counter == expected.counter);
        CHECK(row.description == expected.description);
        CHECK(row.customer == "customers:12");
    }
}

TEST_CASE("a row becomes a balanced entry under its own key", "[cli][czech]") {
    const auto row = row_of("695247;2378;930101;PRIJEM;VKLAD;700.00;700.00;;;");
    const auto entry = czech_entry(row);
    CHECK(check_form(Command{entry}) == Malformation::none);
    CHECK(entry.particulars.reference == "695247");
    CHECK(entry.particulars.description == "VKLAD");
    CHECK(to_string(entry.particulars.effective_at) == "1993-01-01T00:00:00.000000Z");
    REQUIRE(entry.postings.size() == 2);
    CHECK(entry.postings[0] == Posting{{{}, "bank:cash"}, Side::debit, Amount{70000}});
    CHECK(entry.postings[1] == Posting{{{}, "customers:2378"}, Side::credit, Amount{70000}});
    CHECK(entry.key == czech_entry(row).key);
}

TEST_CASE("each account is opened once, customers without a minimum", "[cli][czech]") {
    const auto rows = parse_czech_bank(text_of(DAYBOOK_CZECH_SAMPLE));
    REQUIRE(rows);
    std::map<std::string, AccountType> opened;
    for (const auto& command : czech_accounts(*rows)) {
        const auto& account = std::get<OpenAccount>(command);
        CHECK(opened.emplace(account.code, account.type).second);
        CHECK(account.limits == Limits{});
        CHECK(account.asset == "CZK");
    }
    CHECK(opened == std::map<std::string, AccountType>{
                        {"bank:cash", AccountType::asset},
                        {"bank:interbank", AccountType::asset},
                        {"banks:AB", AccountType::asset},
                        {"banks:QR", AccountType::asset},
                        {"customers:10", AccountType::liability},
                        {"customers:11", AccountType::liability},
                        {"expense:interest", AccountType::expense},
                        {"income:fees", AccountType::income},
                        {"income:penalty-interest", AccountType::income},
                    });
}

TEST_CASE("the balance of each customer is the sum of its rows", "[cli][czech]") {
    const auto rows = parse_czech_bank(text_of(DAYBOOK_CZECH_SAMPLE));
    REQUIRE(rows);
    const auto balances = balances_of(*rows);
    CHECK(to_decimal(balances.at("customers:10"), 2) == "637.60");
    CHECK(to_decimal(balances.at("customers:11"), 2) == "800.75");
    CHECK(balances == sums_of(*rows));
}

TEST_CASE("a wrong row is named by line and column before anything is sent", "[cli][czech]") {
    CHECK(error_of("x;1;930101;PRIJEM;VKLAD;1.00;1;;;") ==
          "line 2, column 1 (trans_id): 'x' is not a number");
    CHECK(error_of("1;1;930230;PRIJEM;VKLAD;1.00;1;;;") ==
          "line 2, column 3 (date): '930230' is not a date YYMMDD");
    CHECK(error_of("1;1;930101;NONE;VKLAD;1.00;1;;;") ==
          "line 2, column 4 (type): 'NONE' is not PRIJEM, VYDAJ or VYBER");
    CHECK(error_of("1;1;930101;VYDAJ;VKLAD;1.00;1;;;") ==
          "line 2, column 5 (operation): 'VKLAD' is not an operation of this type");
    CHECK(error_of("1;1;930101;VYDAJ;GIFT;1.00;1;;;") ==
          "line 2, column 5 (operation): 'GIFT' is not an operation of this file");
    for (const char* amount : {"0.00", "-1", "1.005", "1e3", ""}) {
        CHECK(error_of("1;1;930101;PRIJEM;VKLAD;" + std::string{amount} + ";1;;;") ==
              "line 2, column 6 (amount): '" + std::string{amount} +
                  "' is not an amount above zero with at most 2 digits after the point");
    }
    CHECK(error_of("1;1;930101;PRIJEM;PREVOD Z UCTU;1.00;1;;a b;") ==
          "line 2, column 9 (bank): 'a b' is not a bank's code");
    CHECK(error_of("1;1;930101;PRIJEM;PREVOD Z UCTU;1.00;1;;ABCDEFGHIJKL;") ==
          "line 2, column 9 (bank): 'ABCDEFGHIJKL' is not a bank's code");
    CHECK(error_of("1;1;930101;PRIJEM") ==
          "line 2, column 5: the row has 4 columns instead of 10; is the file cut?");
    CHECK(error_of("1;1;930101;PRIJEM;VKLAD;1.00;1;;;\n1;1;930101;PRIJEM;VKLAD;1.00;1;;;") ==
          "line 3, column 1 (trans_id): '1' is not unique");
}

TEST_CASE("another file is refused at its first line", "[cli][czech]") {
    for (const char* text : {"", "date,amount\n",
                             "\x7f"
                             "ELF\"\"\x01",
                             "\xef\xbb\xbf\n"}) {
        const auto rows = parse_czech_bank(text);
        REQUIRE_FALSE(rows);
        CHECK(rows.error().detail.starts_with("line 1, column 1: this is not the header"));
    }
}

TEST_CASE("the whole data set maps, and its sums are the balances", "[cli][czech]") {
    const std::filesystem::path path{DAYBOOK_CZECH_DATA};
    if (!std::filesystem::exists(path)) {
        WARN("SKIPPED: " << path << " is not here");
        return;
    }
    const auto rows = parse_czech_bank(text_of(path));
    REQUIRE(rows);
    CHECK(rows->size() == 49'102);
    std::set<Id128> keys;
    for (const auto& row : *rows)
        keys.insert(czech_entry(row).key);
    CHECK(keys.size() == rows->size());
    const auto balances = balances_of(*rows);
    CHECK(balances.size() == 1'229);
    CHECK(balances == sums_of(*rows));
}

}  // namespace daybook::cli
