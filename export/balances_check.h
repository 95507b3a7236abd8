// BalancesCheck: the rows of balances.csv against those of entries.csv, and trial-balance.csv made
// again from both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "export/chart.h"
#include "export/csv_balances.h"
#include "export/entries_check.h"
#include "export/manifest.h"

namespace daybook::exports {

class BalancesCheck {
public:
    // Both must outlive it; the entries are at their end.
    BalancesCheck(const Manifest& manifest, const EntriesCheck& entries);

    // The next row of balances.csv, without its LF: what follows from its totals, and the totals
    // from the rows of its account. An error tells what is wrong with it.
    Result<void> add_balance(std::string_view text);
    // Every account that was posted to had its row, and all of them are the manifest's totals.
    Result<void> end_balances() const;

    // The next row of trial-balance.csv, once all balances are there.
    Result<void> add_trial(std::string_view text);
    Result<void> end_trial() const;

private:
    struct Row {
        ChartAccount account;
        Opening opening;
    };
    Result<ChartAccount> read_account(std::string_view text);
    Result<Opening> opening_of(const ChartAccount& account) const;

    const Manifest& manifest_;
    const EntriesCheck& entries_;
    std::vector<ChartAsset> assets_;  // in the order of their numbers
    std::vector<Opening> sums_;       // by asset: of all accounts, at the end of the cut
    std::vector<Row> rows_;
    std::unordered_set<std::string> codes_;  // as in the cells
    std::size_t trial_rows_ = 0;             // read
    TrialRows trial_;
    std::vector<std::string> cells_;
    std::string expected_;
};

}  // namespace daybook::exports
