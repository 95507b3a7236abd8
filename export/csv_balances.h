// The two CSV files that say what the accounts stand at at the end of a cut: balances.csv and
// trial-balance.csv. In the order of the accounts' numbers.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "export/chart.h"
#include "export/output_file.h"
#include "ledger/amount.h"

namespace daybook::exports {

// What an account had been posted before the cut.
struct Opening {
    Amount debits;
    Amount credits;
};

Result<WrittenFile> write_balances(const std::filesystem::path& path, const Chart& chart);

// `openings` by account; those that are missing at the end are zero. A row `total` for each asset.
Result<WrittenFile> write_trial_balance(const std::filesystem::path& path, const Chart& chart,
                                        const std::vector<Opening>& openings);

}  // namespace daybook::exports
