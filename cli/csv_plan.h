// CsvPlan: what a CSV of postings asks of a book: the accounts to open, the entries to post, and
// the control totals.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/csv_entries.h"
#include "ledger/amount.h"
#include "ledger/command.h"

namespace daybook::gateway {
class CommandClient;
}

namespace daybook::cli {

struct ControlTotal {
    unsigned scale = 0;
    Amount debits;
    Amount credits;
};

struct CsvPlan {
    std::vector<OpenAccount> accounts;  // those that the book has not got
    std::vector<PostEntry> entries;
    std::vector<std::size_t> lines;  // where each begins, and
    std::vector<std::string> names;  // its name
    std::size_t rows = 0;
    std::size_t postings = 0;
    std::map<std::string, ControlTotal> totals;  // by asset
    std::vector<RefusedLine> refused;            // the file's, and entries that do not balance
};

// Asks the sequencer for the accounts' assets and scales.
Result<CsvPlan> plan_csv(gateway::CommandClient& client, CsvEntries read);

}  // namespace daybook::cli
