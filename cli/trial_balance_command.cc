#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/account_lines.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/past_reader.h"
#include "cli/read_options.h"
#include "cli/remote_accounts.h"
#include "cli/remote_moment.h"
#include "gateway/query_client.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

using projector::AssetInfo;

// Net debit minus credit by account type, for one asset. Sums of side totals may pass 128 bits only
// with more money than 2^127 minor units in the book; they wrap alike on both sides.
struct AssetTrial {
    AssetInfo asset;
    std::array<Uint128, 6> debits{};  // by AccountType
    std::array<Uint128, 6> credits{};
    std::uint64_t accounts = 0;

    Int128 net(std::size_t type) const {
        return static_cast<Int128>(debits.at(type) - credits.at(type));
    }
    Int128 total() const {
        Int128 sum = 0;
        for (std::size_t type = 1; type < debits.size(); ++type)
            sum += net(type);
        return sum;
    }
};

void add(const AccountLine& line, AssetTrial& trial) {
    const auto& [account, balance, asset] = line;
    const auto type = static_cast<std::size_t>(account.type);
    trial.asset = asset;
    trial.debits.at(type) += balance.totals.posted_debits.minor_units();
    trial.credits.at(type) += balance.totals.posted_credits.minor_units();
    ++trial.accounts;
}

void print_trial_json(const AssetTrial& trial, Seq as_of) {
    json::Line json;
    json.begin_object()
        .text("asset", trial.asset.code)
        .small("scale", trial.asset.scale)
        .begin_object("net");
    for (std::uint8_t type = 1; type <= 5; ++type) {
        json.amount(name_of(static_cast<AccountType>(type)), SignedAmount{trial.net(type)});
    }
    json.end_object();
    json.amount("total", SignedAmount{trial.total()})
        .big("accounts", trial.accounts)
        .boolean("is_balanced", trial.total() == 0)
        .big("as_of_seq", as_of)
        .end_object();
    fmt::print("{}\n", json.str());
}

void print_trial_table(const std::map<std::uint32_t, AssetTrial>& trials, Seq as_of) {
    Table table{
        {"ASSET", "ASSETS", "LIABILITIES", "EQUITY", "INCOME", "EXPENSES", "TOTAL", "ACCOUNTS"},
        {1, 2, 3, 4, 5, 6, 7}};
    for (const auto& [number, trial] : trials) {
        std::vector<std::string> row{trial.asset.code};
        for (std::uint8_t type = 1; type <= 5; ++type) {
            row.push_back(to_decimal(SignedAmount{trial.net(type)}, trial.asset.scale));
        }
        row.push_back(to_decimal(SignedAmount{trial.total()}, trial.asset.scale));
        row.push_back(std::to_string(trial.accounts));
        table.add(std::move(row));
    }
    table.print();
    fmt::print("debits minus credits, as of seq {}\n", as_of.value());
}

using Trials = std::map<std::uint32_t, AssetTrial>;

// Summed up by the server, page by page.
Result<Seq> ask(const AccountsFrom& from, Trials& trials) {
    const auto client = gateway::QueryClient::connect({.endpoint = from.query});
    if (!client) return std::unexpected{client.error()};
    const auto seq = resolve_at(**client, from.at);
    if (!seq) return std::unexpected{seq.error()};
    const auto sums = (*client)->trial_balance(*seq, read_after(from.read));
    if (!sums) return std::unexpected{sums.error()};
    for (const auto& line : sums->lines) {
        AssetTrial& trial = trials[line.asset.value()];
        const auto type = static_cast<std::size_t>(line.type);
        trial.asset = {line.asset, line.asset_code, line.scale};
        trial.debits.at(type) += line.totals.posted_debits.minor_units();
        trial.credits.at(type) += line.totals.posted_credits.minor_units();
        trial.accounts += line.accounts;
    }
    return sums->as_of;
}

int trial_balance(const AccountsFrom& from) {
    Trials trials;
    const auto visit = [&](const AccountLine& line) {
        add(line, trials[line.asset.number.value()]);
    };
    const auto as_of = from.query.empty() ? visit_accounts(from, {}, visit) : ask(from, trials);
    if (!as_of) return report(as_of.error());
    bool is_balanced = true;
    for (const auto& [number, trial] : trials) {
        is_balanced = is_balanced && trial.total() == 0;
        if (from.read.as_json) print_trial_json(trial, *as_of);
    }
    if (!from.read.as_json) print_trial_table(trials, *as_of);
    if (is_balanced) return kExitFine;
    fmt::print(stderr, "daybook: the trial balance is not zero; run `daybook verify`\n");
    return kExitFinding;
}

}  // namespace

void add_trial_balance_command(Subcommand& app, int& exit_code) {
    auto from = std::make_shared<AccountsFrom>();
    auto* command = app.add_subcommand(
        "trial-balance",
        "Sums every account by asset and type; exit code 1 when a total is not zero");
    add_read_options(*command, from->read);
    add_at_options(*command, from->at);
    add_query_option(*command, from->query);
    command->callback([from, &exit_code] { exit_code = trial_balance(*from); });
}

}  // namespace daybook::cli
