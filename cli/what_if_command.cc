#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/what_if.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

using Seconds = std::chrono::duration<double>;

struct WhatIfCommand {
    std::string data;
    std::optional<std::uint64_t> to_seq;
    std::uint64_t accounts = 20;
    bool as_json = false;
};

SignedAmount signed_change(const AccountDifference& account) {
    const auto change = static_cast<Int128>(account.change());
    return SignedAmount{account.is_more() ? change : -change};
}

void add_first(json::Line& line, const FirstDifference& first) {
    line.begin_object("first")
        .big("seq", first.seq)
        .text("key", to_hex(first.key.bytes))
        .small("producer", first.producer.value())
        .text("command", name_of(first.command))
        .text("kind", name_of(first.difference.kind))
        .text("what", first.difference.what);
    if (!first.difference.account.empty()) line.text("account", first.difference.account);
    line.text("recorded", first.difference.stored)
        .text("decided", first.difference.decided)
        .end_object();
}

void add_decisions(json::Line& line, const WhatIf& result) {
    line.big("decisions_differ", result.records_differ).begin_object("by_kind");
    for (std::size_t kind = 0; kind < result.kinds.size(); ++kind) {
        line.big(name_of(static_cast<DifferenceKind>(kind)), result.kinds.at(kind));
    }
    line.big("not_decided", result.not_decided).end_object().begin_array("outcomes");
    for (const auto& [outcomes, count] : result.outcomes) {
        line.begin_object()
            .text("recorded", outcome_text(outcomes.first))
            .text("decided", outcome_text(outcomes.second))
            .big("count", count)
            .end_object();
    }
    line.end_array().big("expiries_added", result.expiries);
}

void add_totals(json::Line& line, std::string_view name, const std::optional<Totals>& totals) {
    if (!totals) return;
    line.begin_object(name)
        .amount("posted_debits", totals->posted_debits)
        .amount("posted_credits", totals->posted_credits)
        .amount("held_debits", totals->held_debits)
        .amount("held_credits", totals->held_credits)
        .end_object();
}

void add_balances(json::Line& line, const WhatIf& result) {
    line.big("accounts_differ", result.accounts_differ).begin_array("assets");
    for (const auto& asset : result.assets) {
        line.begin_object()
            .text("asset", asset.asset)
            .small("scale", asset.scale)
            .big("accounts", asset.accounts)
            .amount("more", Amount{asset.more})
            .amount("less", Amount{asset.less})
            .end_object();
    }
    line.end_array().begin_array("accounts");
    for (const auto& account : result.accounts) {
        line.begin_object().text("account", account.code).text("asset", account.asset);
        add_totals(line, "recorded", account.recorded);
        add_totals(line, "decided", account.decided);
        line.amount("change", signed_change(account)).end_object();
    }
    line.end_array();
}

void print_as_json(const WhatIf& result, Seconds seconds) {
    json::Line line;
    line.begin_object()
        .boolean("is_same", result.is_same())
        .text("book", to_hex(result.book.bytes))
        .big("to_seq", result.to);
    if (result.first) add_first(line, *result.first);
    add_decisions(line, result);
    add_balances(line, result);
    line.text("seconds", fmt::format("{:.3f}", seconds.count())).end_object();
    fmt::print("{}\n", line.str());
}

void print_first(const FirstDifference& first) {
    const auto& difference = first.difference;
    fmt::print("FIRST DIFFERENCE at seq {}: {}\n", first.seq.value(), difference.what);
    fmt::print("  command     {}, key {} of producer {}\n", name_of(first.command),
               to_hex(first.key.bytes), first.producer.value());
    if (!difference.account.empty()) fmt::print("  account     {}\n", difference.account);
    fmt::print("  recorded    {}\n", difference.stored);
    fmt::print("  now         {}\n", difference.decided);
}

void print_decisions(const WhatIf& result) {
    fmt::print("decisions   {} of {} differ\n", result.records_differ, result.to.value());
    for (const auto& [outcomes, count] : result.outcomes) {
        fmt::print("  {:<10}  {} instead of {}\n", count, outcome_text(outcomes.second),
                   outcome_text(outcomes.first));
    }
    for (std::size_t kind = 0; kind < result.kinds.size(); ++kind) {
        const auto named = static_cast<DifferenceKind>(kind);
        if (named == DifferenceKind::outcome || result.kinds.at(kind) == 0) continue;
        fmt::print("  {:<10}  in {} alone\n", result.kinds.at(kind), name_of(named));
    }
    if (result.not_decided != 0) {
        fmt::print("  {:<10}  would not be decided: malformed by these rules\n",
                   result.not_decided);
    }
    if (result.expiries != 0) {
        fmt::print("expiries    {} more, of holds that the journal ends otherwise or never had\n",
                   result.expiries);
    }
}

void print_balances(const WhatIf& result) {
    fmt::print("accounts    {} end with other totals\n", result.accounts_differ);
    for (const auto& asset : result.assets) {
        fmt::print("  {:<10}  {} accounts, {} more and {} less\n", asset.asset, asset.accounts,
                   to_decimal(Amount{asset.more}, asset.scale),
                   to_decimal(Amount{asset.less}, asset.scale));
    }
    if (result.accounts.empty()) return;
    Table table{{"ACCOUNT", "ASSET", "RECORDED", "NOW", "CHANGE"}, {2, 3, 4}};
    for (const auto& account : result.accounts) {
        const auto shown = [&](const std::optional<Totals>& totals, SignedAmount balance) {
            return totals ? to_decimal(balance, account.scale) : std::string{"no account"};
        };
        table.add({account.code, account.asset, shown(account.recorded, account.recorded_balance()),
                   shown(account.decided, account.decided_balance()),
                   account.change() == 0 ? "totals only"
                                         : to_decimal(signed_change(account), account.scale)});
    }
    table.print();
    const auto left_out = result.accounts_differ - result.accounts.size();
    if (left_out != 0) fmt::print("and {} more accounts; --accounts lists more\n", left_out);
}

void print_for_people(const WhatIf& result, Seconds seconds) {
    if (result.first) print_first(*result.first);
    print_decisions(result);
    print_balances(result);
    fmt::print("book        {}\n", to_hex(result.book.bytes));
    fmt::print("seconds     {:.3f} ({:.0f} records/s)\n", seconds.count(),
               static_cast<double>(result.to.value()) / std::max(seconds.count(), 1e-6));
    fmt::print("{}\n", result.is_same() ? "no difference" : "it differs");
}

int run_what_if(const WhatIfCommand& options) {
    notice_stop_signals();
    const auto begun = std::chrono::steady_clock::now();
    const auto journal = DataDirectory{options.data}.open_journal(journal::Access::read_only);
    if (!journal) return report(journal.error());
    std::optional<Progress> progress;
    WhatIfOptions chosen;
    if (options.to_seq) chosen.to = Seq{*options.to_seq};
    chosen.accounts_max = options.accounts;
    chosen.go_on = [&](Seq done, Seq to) {
        if (!progress) progress.emplace("deciding again", to.value());
        progress->look(done.value());
        return !is_stop_requested();
    };
    const auto result = what_if(*journal, chosen);
    progress.reset();
    if (!result) {
        const int code = report(result.error());
        return is_stop_requested() ? exit_code_after_stop() : code;
    }
    const Seconds seconds = std::chrono::steady_clock::now() - begun;
    if (options.as_json) {
        print_as_json(*result, seconds);
    } else {
        print_for_people(*result, seconds);
    }
    return result->is_same() ? kExitFine : kExitFinding;
}

}  // namespace

void add_what_if_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<WhatIfCommand>();
    auto* command = app.add_subcommand(
        "what-if",
        "Decides every command of the journal by this binary's rules and tells what would be "
        "otherwise: the first difference, how many, which balances. Never writes; runs beside a "
        "live server");
    add_data_option(*command, options->data);
    command
        ->add_option("--to-seq", options->to_seq, "The last record (default: the journal's head)")
        ->positive()
        ->type_name("SEQ");
    command
        ->add_option("--accounts", options->accounts,
                     "So many accounts of each asset are listed, the largest change first")
        ->capture_default_str()
        ->type_name("N");
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(
        R"(The gate of a release that changes rules: run the new binary over a copy of production. Each command is decided
as if those before it had been decided so too; `verify` checks the bytes, which this takes as they are.

Exit codes:
  0 no difference   1 differences   64 usage   66 no journal, or no such seq   76 the journal is damaged: run verify
  130 stopped

Examples:
  daybook what-if --data /var/lib/daybook
  daybook what-if --data copy-of-production --to-seq 2000000 --json > differences.json)");
    command->callback([options, &exit_code] { exit_code = run_what_if(*options); });
}

}  // namespace daybook::cli
