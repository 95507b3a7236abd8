// What `import csv` tells of a file: each line that is not in the ledger, and the tally.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "cli/csv_entries.h"
#include "cli/csv_plan.h"

namespace daybook::cli {

struct CsvTally {
    std::uint64_t accepted = 0;
    std::uint64_t replayed = 0;
    std::uint64_t not_tried = 0;  // by a dry run: their accounts would be opened first
    std::vector<RefusedLine> rejected;
    Seq last;
};

// The first of them, on standard error.
void print_refused(const std::string& file, const std::vector<RefusedLine>& refused);
// All of them as CSV, also when there are none; the file is whole or not there. No path: nothing.
Result<void> write_refused(const std::string& path, const std::vector<RefusedLine>& refused);
// On standard output.
void print_tally(const CsvPlan& plan, const CsvTally& tally, bool is_dry_run, bool as_json);

}  // namespace daybook::cli
