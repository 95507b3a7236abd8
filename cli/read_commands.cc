#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/read_options.h"
#include "gateway/query_client.h"
#include "projector/balances.h"

namespace daybook::cli {

namespace {

using projector::AccountInfo;
using projector::AssetInfo;
using projector::Balance;
using projector::Balances;
using projector::View;

Result<std::vector<AccountLine>> lines_of(const View& view, const std::vector<std::string>& codes) {
    std::vector<AccountLine> lines;
    for (const auto& code : codes) {
        auto line = account_line(view, code);
        if (!line) return std::unexpected{line.error()};
        lines.push_back(*std::move(line));
    }
    if (!codes.empty()) return lines;
    Result<void> problem;
    const auto visited =
        view.for_each_account([&](const AccountInfo& account, const Balance& balance) {
            const auto asset = asset_of(view, account.asset);
            if (!asset) problem = std::unexpected{asset.error()};
            if (asset) lines.push_back({account, balance, *asset});
            return asset.has_value();
        });
    if (!visited) return std::unexpected{visited.error()};
    if (!problem) return std::unexpected{problem.error()};
    return lines;
}

void print_json(const AccountLine& line, Seq as_of) {
    const auto& [account, balance, asset] = line;
    JsonLine json;
    json.begin_object()
        .text("account", account.code)
        .big("number", account.number.value())
        .text("type", name_of(account.type))
        .text("state", name_of(account.state))
        .text("asset", asset.code)
        .small("scale", asset.scale)
        .amount("posted", posted_balance(account.type, balance.totals))
        .amount("available", available_balance(account.type, balance.totals))
        .amount("posted_debits", balance.totals.posted_debits)
        .amount("posted_credits", balance.totals.posted_credits)
        .amount("held_debits", balance.totals.held_debits)
        .amount("held_credits", balance.totals.held_credits)
        .big("version", balance.version)
        .big("as_of_seq", as_of)
        .end_object();
    fmt::print("{}\n", json.str());
}

struct BalanceOptions {
    ReadOptions read;
    std::string query;
    std::vector<std::string> codes;
};

struct AccountLines {
    std::vector<AccountLine> lines;
    Seq as_of;
};

Result<AccountLines> ask(const BalanceOptions& options) {
    if (options.codes.empty()) {
        return fail(ErrorCode::usage, "name the accounts to ask the query endpoint for");
    }
    const auto client = gateway::QueryClient::connect({.endpoint = options.query});
    if (!client) return std::unexpected{client.error()};
    const gateway::ReadAfter after{Seq{options.read.min_seq},
                                   std::chrono::milliseconds{options.read.wait_ms}};
    const auto answer = (*client)->balances(options.codes, after);
    if (!answer) return std::unexpected{answer.error()};
    AccountLines found{{}, answer->standing.watermark};
    for (std::size_t i = 0; i < options.codes.size(); ++i) {
        const auto& line = answer->lines[i];
        if (line.number.is_none()) {
            return fail(ErrorCode::not_found, "there is no account '" + options.codes[i] +
                                                  "' up to seq " +
                                                  std::to_string(found.as_of.value()));
        }
        found.lines.push_back({{.number = line.number,
                                .code = options.codes[i],
                                .asset = line.asset,
                                .type = line.type,
                                .state = line.state,
                                .limits = {},
                                .opened = {}},
                               {line.totals, line.version, line.last},
                               {line.asset, line.asset_code, line.scale}});
    }
    return found;
}

Result<AccountLines> read(const BalanceOptions& options) {
    const auto balances = Balances::open(DataDirectory{options.read.data}.projection());
    if (!balances) return std::unexpected{balances.error()};
    const auto view = open_view(**balances, options.read);
    if (!view) return std::unexpected{view.error()};
    auto lines = lines_of(*view, options.codes);
    if (!lines) return std::unexpected{lines.error()};
    return AccountLines{*std::move(lines), view->watermark().seq};
}

int balance(const BalanceOptions& options) {
    const auto found = options.query.empty() ? read(options) : ask(options);
    if (!found) return report(found.error());
    if (options.read.as_json) {
        for (const auto& line : found->lines)
            print_json(line, found->as_of);
        return kExitFine;
    }
    Table table{{"ACCOUNT", "TYPE", "STATE", "ASSET", "POSTED", "AVAILABLE", "VERSION"}, {4, 5, 6}};
    for (const auto& [account, state, asset] : found->lines) {
        table.add({account.code, std::string{name_of(account.type)},
                   std::string{name_of(account.state)}, asset.code,
                   to_decimal(posted_balance(account.type, state.totals), asset.scale),
                   to_decimal(available_balance(account.type, state.totals), asset.scale),
                   std::to_string(state.version)});
    }
    table.print();
    fmt::print("as of seq {}\n", found->as_of.value());
    return kExitFine;
}

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

Result<std::map<std::uint32_t, AssetTrial>> sum_up(const View& view) {
    std::map<std::uint32_t, AssetTrial> trials;
    const auto visited =
        view.for_each_account([&](const AccountInfo& account, const Balance& balance) {
            AssetTrial& trial = trials[account.asset.value()];
            const auto type = static_cast<std::size_t>(account.type);
            trial.debits.at(type) += balance.totals.posted_debits.minor_units();
            trial.credits.at(type) += balance.totals.posted_credits.minor_units();
            ++trial.accounts;
            return true;
        });
    if (!visited) return std::unexpected{visited.error()};
    for (auto& [number, trial] : trials) {
        const auto asset = asset_of(view, AssetNumber{number});
        if (!asset) return std::unexpected{asset.error()};
        trial.asset = *asset;
    }
    return trials;
}

void print_trial_json(const AssetTrial& trial, Seq as_of) {
    JsonLine json;
    json.begin_object().text("asset", trial.asset.code).small("scale", trial.asset.scale);
    for (std::uint8_t type = 1; type <= 5; ++type) {
        json.amount(name_of(static_cast<AccountType>(type)), SignedAmount{trial.net(type)});
    }
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

int trial_balance(const ReadOptions& options) {
    const auto balances = Balances::open(DataDirectory{options.data}.projection());
    if (!balances) return report(balances.error());
    const auto view = open_view(**balances, options);
    if (!view) return report(view.error());
    const auto trials = sum_up(*view);
    if (!trials) return report(trials.error());
    const Seq as_of = view->watermark().seq;
    bool is_balanced = true;
    for (const auto& [number, trial] : *trials) {
        is_balanced = is_balanced && trial.total() == 0;
        if (options.as_json) print_trial_json(trial, as_of);
    }
    if (!options.as_json) print_trial_table(*trials, as_of);
    if (is_balanced) return kExitFine;
    fmt::print(stderr, "daybook: the trial balance is not zero; run `daybook verify`\n");
    return kExitFinding;
}

}  // namespace

void add_read_commands(Subcommand& app, int& exit_code) {
    auto asked = std::make_shared<BalanceOptions>();
    auto* balance_command = app.add_subcommand(
        "balance", "Prints balances from the projection, with the seq they stand at");
    balance_command->add_option("ACCOUNT", asked->codes, "Account codes; none: every account");
    add_read_options(*balance_command, asked->read);
    add_query_option(*balance_command, asked->query);
    balance_command->callback([asked, &exit_code] { exit_code = balance(*asked); });

    auto trial = std::make_shared<ReadOptions>();
    auto* trial_command = app.add_subcommand(
        "trial-balance",
        "Sums every account by asset and type; exit code 1 when a total is not zero");
    add_read_options(*trial_command, *trial);
    trial_command->callback([trial, &exit_code] { exit_code = trial_balance(*trial); });
}

}  // namespace daybook::cli
