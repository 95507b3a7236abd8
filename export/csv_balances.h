// The two CSV files that say what the accounts stand at at the end of a cut: balances.csv and
// trial-balance.csv. In the order of the accounts' numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "export/chart.h"
#include "export/output_file.h"
#include "ledger/amount.h"
#include "ledger/numbers.h"

namespace daybook::exports {

// What an account had been posted before the cut.
struct Opening {
    Amount debits;
    Amount credits;
};

// A row of balances.csv.
void append_balance(std::string& out, std::uint64_t number, const ChartAccount& account,
                    const ChartAsset& asset);

// The rows of trial-balance.csv: one an account, in order, then one an asset.
class TrialRows {
public:
    explicit TrialRows(std::size_t asset_count) : sums_(asset_count) {}

    // False when a sum passes 128 bits. The opening is not greater than the account's totals.
    bool append(std::string& out, const ChartAccount& account, const ChartAsset& asset,
                const Opening& opening);
    void append_total(std::string& out, AssetNumber number, const ChartAsset& asset) const;

private:
    using Columns = std::array<Amount, 6>;  // in the order of the head
    static Columns columns_of(const ChartAccount& account, const Opening& opening);

    std::vector<Columns> sums_;  // by asset
};

Result<WrittenFile> write_balances(const std::filesystem::path& path, const Chart& chart);

// `openings` by account; those that are missing at the end are zero. A row `total` for each asset.
Result<WrittenFile> write_trial_balance(const std::filesystem::path& path, const Chart& chart,
                                        const std::vector<Opening>& openings);

}  // namespace daybook::exports
