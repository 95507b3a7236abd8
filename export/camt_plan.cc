#include <algorithm>

#include "export/camt_writer.h"

namespace daybook::exports {

namespace {

constexpr std::size_t kCodeMax = 34;     // Max34Text
constexpr unsigned kFractionDigits = 5;  // ActiveOrHistoricCurrencyAndAmount
constexpr std::size_t kCurrencyDigits = 3;

std::unexpected<Error> cannot_carry(const std::string& what, const std::string& why) {
    return fail(ErrorCode::bad_input, what + ": camt.053 cannot carry " + why +
                                          "; leave it out, or export csv, jsonl, hledger or "
                                          "beancount");
}

Result<CamtAccount> carried(const Chart& chart, const std::string& code) {
    const AccountNumber number = chart.find(code);
    if (number.is_none()) {
        return fail(
            ErrorCode::not_found,
            "there is no account '" + code + "' at the end of the cut; see `daybook account list`");
    }
    const ChartAccount& account = chart.account(number);
    const ChartAsset& asset = chart.asset(account.asset);
    const bool is_currency =
        asset.code.size() == kCurrencyDigits &&
        std::ranges::all_of(asset.code, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!is_currency) {
        return cannot_carry("account '" + code + "'",
                            "asset " + asset.code + ", which is no code of three letters");
    }
    if (asset.scale > kFractionDigits) {
        return cannot_carry("account '" + code + "'", "asset " + asset.code + " with " +
                                                          std::to_string(asset.scale) +
                                                          " digits behind the point, only five");
    }
    if (code.size() > kCodeMax) {
        return cannot_carry("account '" + code + "'", "a code of more than 34 characters");
    }
    return CamtAccount{number, code, asset.code, asset.scale, account.type, account.totals};
}

}  // namespace

Result<CamtPlan> plan_camt(const std::shared_ptr<journal::Environment>& journal, Cut cut,
                           const std::vector<std::string>& codes, std::uint64_t statement,
                           const GoOn& go_on) {
    CamtPlan plan{statement, {}, {}};
    Chart chart;
    const auto walked =
        walk(journal, cut.to, chart, go_on, [&](const WalkedRecord& record) -> Result<void> {
            plan.closed_at = record.block.stamp;
            return {};
        });
    if (!walked) return std::unexpected{walked.error()};
    for (const auto& code : codes) {
        auto account = carried(chart, code);
        if (!account) return std::unexpected{account.error()};
        const bool is_twice = std::ranges::any_of(plan.accounts, [&](const CamtAccount& other) {
            return other.number == account->number;
        });
        if (!is_twice) plan.accounts.push_back(*std::move(account));
    }
    return plan;
}

}  // namespace daybook::exports
