#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/account_lines.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/read_options.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

struct BalanceOptions {
    AccountsFrom from;
    std::vector<std::string> codes;
};

void print_json(const AccountLine& line, Seq as_of) {
    const auto& [account, balance, asset] = line;
    json::Line json;
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

int balance(const BalanceOptions& options) {
    std::vector<AccountLine> lines;
    const auto add = [&](const AccountLine& line) { lines.push_back(line); };
    const auto as_of = visit_accounts(options.from, options.codes, add);
    if (!as_of) return report(as_of.error());
    if (options.from.read.as_json) {
        for (const auto& line : lines)
            print_json(line, *as_of);
        return kExitFine;
    }
    Table table{{"ACCOUNT", "TYPE", "STATE", "ASSET", "POSTED", "AVAILABLE", "VERSION"}, {4, 5, 6}};
    for (const auto& [account, state, asset] : lines) {
        table.add({account.code, std::string{name_of(account.type)},
                   std::string{name_of(account.state)}, asset.code,
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
    add_read_options(*command, asked->from.read);
    add_at_options(*command, asked->from.at);
    add_query_option(*command, asked->from.query);
    command->callback([asked, &exit_code] { exit_code = balance(*asked); });
    add_trial_balance_command(app, exit_code);
    add_statement_command(app, exit_code);
}

}  // namespace daybook::cli
