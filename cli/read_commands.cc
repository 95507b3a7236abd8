#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/account_lines.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/past_reader.h"
#include "cli/read_options.h"
#include "gateway/query_client.h"

namespace daybook::cli {

namespace {

struct BalanceOptions {
    ReadOptions read;
    AtOptions at;
    std::string query;
    std::vector<std::string> codes;
};

AccountLine line_of(const std::string& code, const schema::AccountBalance& line) {
    return {{.number = line.number,
             .code = code,
             .asset = line.asset,
             .type = line.type,
             .state = line.state,
             .limits = {},
             .opened = {}},
            {line.totals, line.version, line.last},
            {line.asset, line.asset_code, line.scale}};
}

// Of a running server; the Seq the balances stand at.
Result<Seq> ask(const BalanceOptions& options, std::vector<AccountLine>& lines) {
    if (options.codes.empty()) {
        return fail(ErrorCode::usage, "name the accounts to ask the query endpoint for");
    }
    const auto client = gateway::QueryClient::connect({.endpoint = options.query});
    if (!client) return std::unexpected{client.error()};
    const gateway::ReadAfter after{Seq{options.read.min_seq},
                                   std::chrono::milliseconds{options.read.wait_ms}};
    const auto answer = (*client)->balances(options.codes, after);
    if (!answer) return std::unexpected{answer.error()};
    const Seq as_of = answer->standing.watermark;
    for (std::size_t i = 0; i < options.codes.size(); ++i) {
        if (answer->lines[i].number.is_none()) return no_account(options.codes[i], as_of);
        lines.push_back(line_of(options.codes[i], answer->lines[i]));
    }
    return as_of;
}

// The past knows balances only: an account's state is that of now, and left out.
void print_json(const AccountLine& line, Seq as_of, bool is_past) {
    const auto& [account, balance, asset] = line;
    JsonLine json;
    json.begin_object()
        .text("account", account.code)
        .big("number", account.number.value())
        .text("type", name_of(account.type));
    if (!is_past) json.text("state", name_of(account.state));
    json.text("asset", asset.code)
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

int balance(const BalanceOptions& options) {
    std::vector<AccountLine> lines;
    const auto add = [&](const AccountLine& line) { lines.push_back(line); };
    const auto as_of = options.query.empty()
                           ? visit_accounts(options.read, options.at, options.codes, add)
                           : ask(options, lines);
    if (!as_of) return report(as_of.error());
    const bool is_past = options.at.is_set();
    if (options.read.as_json) {
        for (const auto& line : lines)
            print_json(line, *as_of, is_past);
        return kExitFine;
    }
    Table table{{"ACCOUNT", "TYPE", "STATE", "ASSET", "POSTED", "AVAILABLE", "VERSION"}, {4, 5, 6}};
    for (const auto& [account, state, asset] : lines) {
        table.add({account.code, std::string{name_of(account.type)},
                   is_past ? "-" : std::string{name_of(account.state)}, asset.code,
                   to_decimal(posted_balance(account.type, state.totals), asset.scale),
                   to_decimal(available_balance(account.type, state.totals), asset.scale),
                   std::to_string(state.version)});
    }
    table.print();
    fmt::print("as of seq {}\n", as_of->value());
    return kExitFine;
}

}  // namespace

void add_read_commands(Subcommand& app, int& exit_code) {
    auto asked = std::make_shared<BalanceOptions>();
    auto* command = app.add_subcommand(
        "balance", "Prints balances, now or at any moment of the past, with the seq they stand at");
    command->add_option("ACCOUNT", asked->codes, "Account codes; none: every account");
    add_read_options(*command, asked->read);
    add_at_options(*command, asked->at);
    add_query_option(*command, asked->query)
        ->excludes(command->get_option("--at-seq"))
        ->excludes(command->get_option("--at"));
    command->callback([asked, &exit_code] { exit_code = balance(*asked); });
    add_trial_balance_command(app, exit_code);
    add_statement_command(app, exit_code);
}

}  // namespace daybook::cli
