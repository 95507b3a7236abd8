#include <memory>
#include <string>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/read_options.h"

namespace daybook::cli {

namespace {

struct ShowOptions {
    ReadOptions read;
    std::string code;
};

void print_json(const AccountLine& line, Seq as_of) {
    const auto& [account, balance, asset] = line;
    const auto& totals = balance.totals;
    JsonLine json;
    json.begin_object()
        .text("account", account.code)
        .big("number", account.number.value())
        .text("type", name_of(account.type))
        .text("state", name_of(account.state))
        .text("asset", asset.code)
        .small("scale", asset.scale);
    if (account.limits.min) json.amount("min", *account.limits.min);
    if (account.limits.max) json.amount("max", *account.limits.max);
    json.amount("posted", posted_balance(account.type, totals))
        .amount("available", available_balance(account.type, totals))
        .amount("expected", expected_balance(account.type, totals))
        .amount("posted_debits", totals.posted_debits)
        .amount("posted_credits", totals.posted_credits)
        .amount("held_debits", totals.held_debits)
        .amount("held_credits", totals.held_credits)
        .big("version", balance.version)
        .big("opened_seq", account.opened);
    if (!balance.last.is_none()) json.big("last_touched_seq", balance.last.seq());
    json.big("as_of_seq", as_of).end_object();
    fmt::print("{}\n", json.str());
}

void print_text(const AccountLine& line, Seq as_of) {
    const auto& [account, balance, asset] = line;
    const auto& totals = balance.totals;
    const auto units = [&line](auto amount) {
        return to_decimal(amount, line.asset.scale) + " " + line.asset.code;
    };
    const auto limit = [&](const auto& bound) {
        return bound ? units(*bound) : std::string{"none"};
    };
    fmt::print("account    {} (number {})\n", account.code, account.number.value());
    fmt::print("type       {} in {}\n", name_of(account.type), asset.code);
    fmt::print("state      {}\n", name_of(account.state));
    fmt::print("limits     min {}, max {}\n", limit(account.limits.min), limit(account.limits.max));
    fmt::print("posted     {} (debits {}, credits {})\n",
               units(posted_balance(account.type, totals)), units(totals.posted_debits),
               units(totals.posted_credits));
    fmt::print("held       debits {}, credits {}\n", units(totals.held_debits),
               units(totals.held_credits));
    fmt::print("available  {}\n", units(available_balance(account.type, totals)));
    fmt::print("expected   {}, once what is held for it is posted\n",
               units(expected_balance(account.type, totals)));
    fmt::print("version    {}", balance.version);
    if (!balance.last.is_none()) fmt::print(", last touched at seq {}", balance.last.seq().value());
    fmt::print("\nopened     at seq {}\nas of seq {}\n", account.opened.value(), as_of.value());
}

int show(const ShowOptions& options) {
    const auto balances = DataDirectory{options.read.data}.open_projection();
    if (!balances) return report(balances.error());
    const auto view = open_view(**balances, options.read);
    if (!view) return report(view.error());
    const auto line = account_line(*view, options.code);
    if (!line) return report(line.error());
    if (options.read.as_json) {
        print_json(*line, view->watermark().seq);
    } else {
        print_text(*line, view->watermark().seq);
    }
    return kExitFine;
}

}  // namespace

void add_account_show(Subcommand& account, int& exit_code) {
    auto options = std::make_shared<ShowOptions>();
    auto* command = account.add_subcommand(
        "show",
        "Prints an account's state, limits, balances and version from the projection, with the seq "
        "they stand at");
    command->add_option("CODE", options->code, "The account")->required();
    add_read_options(*command, options->read);
    command->footer(R"(Examples:
  daybook account show users:alice
  daybook account show users:alice --json --min-seq 1017

Exit codes:
  0 fine   64 usage   66 no such account or projection   75 not applied yet   76 damaged)");
    command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace daybook::cli
