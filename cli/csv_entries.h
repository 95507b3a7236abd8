// CsvEntries: a CSV of postings read into entries, before anything is known of the book. What is
// wrong with a line is gathered, so that one run tells all of it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/account.h"
#include "ledger/stated.h"

namespace daybook::cli {

struct CsvPosting {
    std::size_t line = 0;
    std::string account;
    Side side = Side::debit;
    std::string amount;  // as typed: the scale is the account's
};

struct CsvEntry {
    std::size_t line = 0;  // its first
    std::string name;      // of the column `entry`
    Id128 key;             // of that name
    Particulars particulars;
    std::vector<CsvPosting> postings;
};

// What a row says of an account that may have to be opened.
struct CsvAccount {
    std::size_t line = 0;
    std::string asset;
    std::optional<AccountType> type;
};

struct RefusedLine {
    std::size_t line = 0;
    std::string entry;
    std::string why;
};

struct CsvEntries {
    std::size_t rows = 0;
    std::vector<CsvEntry> entries;               // in the order of the file
    std::map<std::string, CsvAccount> accounts;  // by code
    std::vector<RefusedLine> refused;            // their entries are not among the others
};

// `bad_input` when it is no CSV, or its first row does not name the columns.
Result<CsvEntries> read_csv_entries(std::string_view text);

}  // namespace daybook::cli
