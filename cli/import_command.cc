#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/czech_bank.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/import_csv.h"
#include "cli/import_jsonl.h"
#include "cli/import_tally.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "cli/send_commands.h"
#include "cli/signals.h"
#include "gateway/command_client.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

using gateway::CommandClient;

struct ImportOptions {
    std::string endpoint;
    std::string file;
    bool is_dry_run = false;
    bool as_json = false;
};

Result<std::vector<CzechRow>> read_rows(const std::string& path) {
    const auto text = read_file(path);
    if (!text) return std::unexpected{text.error()};
    auto rows = parse_czech_bank(*text);
    if (!rows) {
        return fail(rows.error().code,
                    "'" + path + "', " + rows.error().detail + "; nothing was sent");
    }
    return rows;
}

// An asset or account that is there already like this is as good as a new one.
std::optional<Error> why_not_ready(const Command& command, const schema::Receipt& receipt) {
    const bool is_ready = receipt.verdict == Verdict::accepted ||
                          receipt.code == code_of(Rejection::asset_exists) ||
                          receipt.code == code_of(Rejection::account_exists);
    if (is_ready) return std::nullopt;
    const auto* account = std::get_if<OpenAccount>(&command);
    const std::string what = account != nullptr ? "account '" + account->code + "'"
                                                : "asset '" + std::string{kCzechAsset} + "'";
    return Error{ErrorCode::bad_input,
                 what + " cannot be used: " + std::string{name_of_code(receipt.code)} +
                     "; import into a new book (daybook serve --data DIR)"};
}

Result<bool> prepare(CommandClient& client, const std::vector<CzechRow>& rows) {
    const Command asset = czech_asset();
    const auto receipt = client.execute(asset);
    if (!receipt) return std::unexpected{receipt.error()};
    std::optional<Error> problem = why_not_ready(asset, *receipt);
    if (problem) return std::unexpected{*std::move(problem)};
    const auto accounts = czech_accounts(rows);
    Progress progress{"opening accounts", accounts.size()};
    auto sent = send_all(
        client, accounts.size(), [&](std::size_t place) { return accounts[place]; },
        [&](std::size_t place, const schema::Receipt& answer) {
            progress.at(place);
            if (!problem) problem = why_not_ready(accounts[place], answer);
        });
    if (sent && problem) return std::unexpected{*problem};
    return sent;
}

std::string in_crowns(Amount amount) {
    return to_decimal(amount, kCzechScale) + " " + std::string{kCzechAsset};
}

void print_as_json(const ImportTally& tally, Seq head) {
    const auto check = tally.check();
    json::Line line;
    line.begin_object()
        .big("rows", tally.rows())
        .big("accepted", tally.accepted())
        .big("replayed", tally.replayed())
        .big("rejected", tally.rejected_count())
        .begin_object("rejected_by_reason");
    for (const auto& [reason, count] : tally.rejected())
        line.big(reason, count);
    line.end_object()
        .text("asset", kCzechAsset)
        .amount("customer_credits", tally.sums().credits)
        .amount("customer_debits", tally.sums().debits)
        .begin_object("customers")
        .big("equal", check.equal)
        .big("mixed", check.mixed)
        .big("different", check.different)
        .end_object()
        .big("head_seq", head)
        .end_object();
    fmt::print("{}\n", line.str());
}

void print_for_people(const ImportTally& tally, Seq head, double seconds) {
    const auto check = tally.check();
    fmt::print("rows             {}\n", tally.rows());
    fmt::print("accepted         {}\n", tally.accepted());
    fmt::print("replayed         {} (in the ledger already)\n", tally.replayed());
    fmt::print("rejected         {}\n", tally.rejected_count());
    for (const auto& [reason, count] : tally.rejected())
        fmt::print("  {:<24} {}\n", reason, count);
    fmt::print("customer credits {}\n", in_crowns(tally.sums().credits));
    fmt::print("customer debits  {}\n", in_crowns(tally.sums().debits));
    fmt::print("balances         {} customers equal the sum of their rows, {} differ\n",
               check.equal, check.different);
    if (check.mixed != 0) {
        fmt::print("                 {} have other entries too and were not compared\n",
                   check.mixed);
    }
    fmt::print("head seq         {}\n", head.value());
    fmt::print("seconds          {:.2f} ({:.0f} rows/s)\n", seconds,
               static_cast<double>(tally.rows()) / std::max(seconds, 1e-6));
}

int conclude(const ImportTally& tally, std::size_t row_count) {
    if (tally.rows() < row_count) {
        return report(
            {ErrorCode::try_again, "stopped after " + std::to_string(tally.rows()) + " of " +
                                       std::to_string(row_count) +
                                       " rows; run the same import again to complete it"});
    }
    const auto check = tally.check();
    if (check.different != 0) {
        fmt::print(
            stderr,
            "daybook: the balance of '{}' is not the sum of its rows; run `daybook verify`\n",
            check.first_different);
    }
    return check.different != 0 || tally.rejected_count() != 0 ? kExitFinding : kExitFine;
}

int send(const ImportOptions& options, const std::vector<CzechRow>& rows) {
    notice_stop_signals();
    gateway::ClientOptions client_options;
    client_options.endpoint = options.endpoint;
    client_options.wants_touches = true;  // for the check of the balances
    const auto client = CommandClient::connect(client_options);
    if (!client) return report(client.error());

    const auto begun = std::chrono::steady_clock::now();
    ImportTally tally{(*client)->head_at_connect()};
    auto sent = prepare(**client, rows);
    if (!sent) return report(sent.error());
    if (*sent) {
        Progress progress{"importing", rows.size()};
        sent = send_all(
            **client, rows.size(),
            [&](std::size_t place) -> Command { return czech_entry(rows[place]); },
            [&](std::size_t place, const schema::Receipt& receipt) {
                tally.add(rows[place], receipt);
                progress.at(tally.rows());
            });
        if (!sent) return report(sent.error());
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    const Seq head = std::max(tally.last_seq(), (*client)->head_at_connect());
    if (options.as_json) {
        print_as_json(tally, head);
    } else {
        print_for_people(tally, head, seconds.count());
    }
    return conclude(tally, rows.size());
}

int show_plan(const std::vector<CzechRow>& rows, bool as_json) {
    ImportTally tally{Seq{}};
    schema::Receipt receipt;
    receipt.verdict = Verdict::accepted;
    for (const auto& row : rows)
        tally.add(row, receipt);
    const auto accounts = czech_accounts(rows).size();
    if (as_json) {
        json::Line line;
        line.begin_object()
            .boolean("dry_run", true)
            .big("rows", tally.rows())
            .big("accounts", accounts)
            .text("asset", kCzechAsset)
            .amount("customer_credits", tally.sums().credits)
            .amount("customer_debits", tally.sums().debits)
            .end_object();
        fmt::print("{}\n", line.str());
        return kExitFine;
    }
    fmt::print("the file is sound: {} rows, {} accounts; nothing was sent\n", tally.rows(),
               accounts);
    fmt::print("customer credits {}\n", in_crowns(tally.sums().credits));
    fmt::print("customer debits  {}\n", in_crowns(tally.sums().debits));
    return kExitFine;
}

int import_czech_bank(const ImportOptions& options) {
    const auto rows = read_rows(options.file);
    if (!rows) return report(rows.error());
    return options.is_dry_run ? show_plan(*rows, options.as_json) : send(options, *rows);
}

}  // namespace

void add_import_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<ImportOptions>();
    auto* import = app.add_subcommand("import", "Imports files of transactions, or a whole book");
    import->require_subcommand(1);
    add_import_jsonl(*import, exit_code);
    add_import_csv(*import, exit_code);
    auto* command = import->add_subcommand(
        "czech-bank",
        "Imports trans.csv of the PKDD'99 Czech bank data set. Each row's trans_id is its key, so "
        "a "
        "second import changes nothing and an interrupted one is completed by running it again");
    command
        ->add_option("FILE", options->file,
                     "The file; all of it is checked before anything is sent")
        ->required();
    add_connect_option(*command, options->endpoint);
    command->add_flag("--dry-run", options->is_dry_run,
                      "Check the file and print its totals; send nothing");
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(
        R"(Customers become liabilities without a minimum, customers:<account_id>, against bank:cash,
banks:<code>, income:fees, income:penalty-interest and expense:interest, in CZK.

Exit codes:
  0 every row is in the ledger   1 rows were rejected, or a balance differs
  65 the file is wrong; nothing was sent   66 no such file   69 server not reachable

Examples:
  daybook import czech-bank trans.csv --dry-run
  daybook import czech-bank trans.csv)");
    command->callback([options, &exit_code] { exit_code = import_czech_bank(*options); });
}

}  // namespace daybook::cli
