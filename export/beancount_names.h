// BeancountNames: what accounts and assets are called in Beancount, which allows less than Daybook.
// No two get the same name: one that is taken gets its number behind it.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "export/chart.h"
#include "ledger/numbers.h"

namespace daybook::exports {

class BeancountNames {
public:
    // The next account of the chart, in the order of the numbers.
    const std::string& add(const ChartAccount& account);
    const std::string& add(const ChartAsset& asset);

    const std::string& of(AccountNumber number) const { return accounts_[number.value() - 1]; }
    const std::string& of(AssetNumber number) const { return assets_[number.value() - 1]; }

private:
    std::vector<std::string> accounts_;
    std::vector<std::string> assets_;
    std::unordered_set<std::string> taken_accounts_;
    std::unordered_set<std::string> taken_assets_;
};

}  // namespace daybook::exports
