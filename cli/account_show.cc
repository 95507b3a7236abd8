#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/account_json.h"
#include "cli/account_lines.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/read_options.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

struct ShowOptions {
    AccountsFrom from;
    std::string code;
};

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
    std::vector<AccountLine> lines;
    const auto as_of = visit_accounts(options.from, {options.code},
                                      [&](const AccountLine& line) { lines.push_back(line); });
    if (!as_of) return report(as_of.error());
    if (options.from.read.as_json) {
        json::Line json;
        write_account(json, lines.front(), *as_of);
        fmt::print("{}\n", json.str());
    } else {
        print_text(lines.front(), *as_of);
    }
    return kExitFine;
}

}  // namespace

void add_account_show(Subcommand& account, int& exit_code) {
    auto options = std::make_shared<ShowOptions>();
    auto* command = account.add_subcommand("show",
                                           "Prints an account's state, limits, balances and "
                                           "version, now or at any moment of the past, "
                                           "with the seq they stand at");
    command->add_option("CODE", options->code, "The account")->required();
    add_read_options(*command, options->from.read);
    add_at_options(*command, options->from.at);
    add_query_option(*command, options->from.query);
    command->footer(R"(Examples:
  daybook account show users:alice
  daybook account show users:alice --json --min-seq 1017
  daybook account show users:alice --at-seq 1017 --query tcp://127.0.0.1:7413

Exit codes:
  0 fine   64 usage   66 no such account or projection   75 not applied yet   76 damaged)");
    command->callback([options, &exit_code] { exit_code = show(*options); });
}

}  // namespace daybook::cli
