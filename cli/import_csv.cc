#include "cli/import_csv.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/csv_entries.h"
#include "cli/csv_plan.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "cli/send_commands.h"
#include "cli/signals.h"
#include "export/csv_cell.h"
#include "gateway/command_client.h"
#include "json/line.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

struct ImportCsv {
    std::string endpoint;
    std::string file;
    std::string refused_file;
    std::vector<std::string> expected;  // ASSET=AMOUNT
    std::optional<std::uint64_t> expected_rows;
    bool is_dry_run = false;
    bool as_json = false;
};

struct Tally {
    std::uint64_t accepted = 0;
    std::uint64_t replayed = 0;
    std::vector<RefusedLine> rejected;
    Seq last;
};

// Complains about control totals that are not the file's.
Result<void> check_expected(const ImportCsv& options, const CsvPlan& plan) {
    if (options.expected_rows && *options.expected_rows != plan.rows) {
        return fail(ErrorCode::bad_input,
                    "the file has " + std::to_string(plan.rows) + " rows, not " +
                        std::to_string(*options.expected_rows) + "; nothing was sent");
    }
    for (const auto& text : options.expected) {
        const auto equals = text.find('=');
        const std::string asset = text.substr(0, equals);
        const auto total = plan.totals.find(asset);
        const auto amount = equals == std::string::npos || total == plan.totals.end()
                                ? std::nullopt
                                : parse_decimal(text.substr(equals + 1), total->second.scale);
        if (amount && *amount == total->second.debits) continue;
        const std::string found = total == plan.totals.end()
                                      ? "nothing"
                                      : to_decimal(total->second.debits, total->second.scale);
        return fail(ErrorCode::bad_input, "the control total is not '" + text +
                                              "': the file posts " + found + " of " + asset +
                                              " on each side; nothing was sent");
    }
    return {};
}

// Beside, then in its place: it is whole or not there.
Result<void> write_refused(const std::string& path, const std::vector<RefusedLine>& refused) {
    if (path.empty()) return {};
    std::string text = "line,entry,why\r\n";
    for (const auto& line : refused) {
        text += std::to_string(line.line) + ",";
        exports::append_cell(text, line.entry);
        text += ',';
        exports::append_cell(text, line.why);
        text += exports::kCsvLineEnd;
    }
    const std::string partial = path + ".partial";
    std::ofstream file{partial, std::ios::binary | std::ios::trunc};
    file << text;
    file.close();
    std::error_code problem;
    if (file) std::filesystem::rename(partial, path, problem);
    if (file && !problem) return {};
    std::filesystem::remove(partial, problem);
    return fail(ErrorCode::cannot_create,
                "cannot write '" + path + "'; name another with --refused");
}

void print(const ImportCsv& options, const CsvPlan& plan, const Tally& tally) {
    if (options.as_json) {
        json::Line line;
        line.begin_object()
            .boolean("dry_run", options.is_dry_run)
            .big("rows", plan.rows)
            .big("entries", plan.entries.size())
            .big("postings", plan.postings)
            .big("new_accounts", plan.accounts.size())
            .big("refused", plan.refused.size())
            .big("accepted", tally.accepted)
            .big("replayed", tally.replayed)
            .big("rejected", tally.rejected.size())
            .begin_array("totals");
        for (const auto& [asset, total] : plan.totals) {
            line.begin_object().text("asset", asset).small("scale", total.scale);
            line.amount("debits", total.debits).amount("credits", total.credits).end_object();
        }
        line.end_array();
        if (tally.last != Seq{}) line.big("last_seq", tally.last);
        line.end_object();
        fmt::print("{}\n", line.str());
        return;
    }
    fmt::print("rows          {}\nentries       {} with {} postings\n", plan.rows,
               plan.entries.size(), plan.postings);
    fmt::print("new accounts  {}\n", plan.accounts.size());
    for (const auto& [asset, total] : plan.totals)
        fmt::print("total         {} {} on each side\n", to_decimal(total.debits, total.scale),
                   asset);
    fmt::print("refused       {}\n", plan.refused.size());
    if (!options.is_dry_run) {
        fmt::print("accepted      {}\nreplayed      {} (in the ledger already)\n", tally.accepted,
                   tally.replayed);
    }
    fmt::print("rejected      {}\n", tally.rejected.size());
}

void print_refused(const std::string& file, const std::vector<RefusedLine>& refused) {
    constexpr std::size_t kMost = 20;
    for (std::size_t i = 0; i < std::min(refused.size(), kMost); ++i) {
        fmt::print(stderr, "{}, line {}: entry '{}': {}\n", file, refused[i].line, refused[i].entry,
                   refused[i].why);
    }
    if (refused.size() > kMost) {
        fmt::print(stderr, "{}: {} more; --refused FILE has them all\n", file,
                   refused.size() - kMost);
    }
}

void note(Tally& tally, const CsvPlan& plan, std::size_t place, const schema::Receipt& receipt) {
    if (receipt.verdict != Verdict::accepted) {
        tally.rejected.push_back({plan.lines[place], plan.names[place],
                                  std::string{name_of_code(receipt.code)} + ": " +
                                      std::string{remedy_of_code(receipt.code)}});
        return;
    }
    ++(receipt.is_replay ? tally.replayed : tally.accepted);
    if (!receipt.is_dry_run) tally.last = std::max(tally.last, receipt.seq);
}

// Each entry on its own, after what is in the book now; one that needs an account still to be
// opened cannot be tried.
Result<void> try_all(gateway::CommandClient& client, const CsvPlan& plan, Tally& tally) {
    std::vector<std::string> unopened;
    for (const auto& account : plan.accounts)
        unopened.push_back(account.code);
    std::ranges::sort(unopened);
    Progress progress{"trying", plan.entries.size()};
    for (std::size_t place = 0; place < plan.entries.size() && !is_stop_requested(); ++place) {
        progress.at(place);
        const auto& entry = plan.entries[place];
        const bool can_be_tried = std::ranges::none_of(entry.postings, [&](const Posting& posting) {
            return std::ranges::binary_search(unopened, posting.account.code);
        });
        if (!can_be_tried) continue;
        const std::vector<Command> command{entry};
        const auto receipts = client.dry_run(command);
        if (!receipts) return std::unexpected{receipts.error()};
        note(tally, plan, place, receipts->front());
    }
    return {};
}

Result<bool> post_all(gateway::CommandClient& client, const CsvPlan& plan, Tally& tally) {
    std::string problem;
    auto sent = send_all(
        client, plan.accounts.size(),
        [&](std::size_t place) -> Command { return plan.accounts[place]; },
        [&](std::size_t place, const schema::Receipt& receipt) {
            const bool is_there = receipt.verdict == Verdict::accepted ||
                                  receipt.code == code_of(Rejection::account_exists);
            if (is_there || !problem.empty()) return;
            problem = "account '" + plan.accounts[place].code +
                      "' cannot be opened: " + std::string{name_of_code(receipt.code)};
        });
    if (!sent || !*sent) return sent;
    if (!problem.empty()) return fail(ErrorCode::bad_input, problem + "; no entry was sent");
    Progress progress{"importing", plan.entries.size()};
    return send_all(
        client, plan.entries.size(),
        [&](std::size_t place) -> Command { return plan.entries[place]; },
        [&](std::size_t place, const schema::Receipt& receipt) {
            note(tally, plan, place, receipt);
            progress.at(place);
        });
}

Result<int> import_csv(const ImportCsv& options) {
    const auto text = read_file(options.file);
    if (!text) return std::unexpected{text.error()};
    auto read = read_csv_entries(*text);
    if (!read) return fail(read.error(), "'" + options.file + "'");
    gateway::ClientOptions client_options;
    client_options.endpoint = options.endpoint;
    const auto client = gateway::CommandClient::connect(client_options);
    if (!client) return std::unexpected{client.error()};
    const auto plan = plan_csv(**client, *std::move(read));
    if (!plan) return std::unexpected{plan.error()};
    if (auto expected = check_expected(options, *plan); !expected) {
        return std::unexpected{expected.error()};
    }
    Tally tally;
    bool is_whole = true;
    if (options.is_dry_run) {
        if (auto tried = try_all(**client, *plan, tally); !tried)
            return std::unexpected{tried.error()};
    } else if (plan->refused.empty()) {
        const auto posted = post_all(**client, *plan, tally);
        if (!posted) return std::unexpected{posted.error()};
        is_whole = *posted;
    }
    std::vector<RefusedLine> refused = plan->refused;
    refused.insert(refused.end(), tally.rejected.begin(), tally.rejected.end());
    print_refused(options.file, refused);
    if (auto written = write_refused(options.refused_file, refused); !written) {
        return std::unexpected{written.error()};
    }
    print(options, *plan, tally);
    if (!is_whole)
        return fail(ErrorCode::try_again, "stopped; run the same import again to complete it");
    if (!plan->refused.empty()) {
        return fail(ErrorCode::bad_input,
                    std::to_string(plan->refused.size()) +
                        " lines were refused; nothing was sent. Mend them and "
                        "run it again");
    }
    return tally.rejected.empty() ? kExitFine : kExitFinding;
}

}  // namespace

void add_import_csv(Subcommand& import, int& exit_code) {
    auto options = std::make_shared<ImportCsv>();
    auto* command = import.add_subcommand(
        "csv",
        "Posts entries, or opening balances, from a CSV with a row a posting. All of it is checked "
        "before anything is sent; an entry's name is its key, so a second import changes nothing");
    command->add_option("FILE", options->file, "The file")->required();
    add_connect_option(*command, options->endpoint);
    command->add_flag("--dry-run", options->is_dry_run,
                      "Check the file, try each entry on its own, and send nothing");
    command
        ->add_option("--expect", options->expected,
                     "A control total: what the file must post of an asset on each side; may be "
                     "given again")
        ->one_at_a_time()
        ->type_name("ASSET=AMOUNT");
    command
        ->add_option("--expect-rows", options->expected_rows,
                     "Rows there must be, without the head")
        ->type_name("COUNT");
    command
        ->add_option("--refused", options->refused_file,
                     "Write every refused line, and why, to this CSV")
        ->type_name("FILE");
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(
        R"(The first row names the columns: entry, account, side (debit or credit) and amount (12.50); and, as
wanted, asset and type (an account that is not there is opened with them), reference, description and
effective_at (of an entry: its first row's). Rows of one entry follow each other; there are 2 to 255.

Exit codes:
  0 every entry is in the ledger   1 the ledger rejected some   65 lines were refused, or a control
  total differs; nothing was sent   66 no such file   69 server not reachable

Examples:
  daybook import csv opening.csv --dry-run --expect CZK=1250000.00
  daybook import csv opening.csv --expect CZK=1250000.00 --refused refused.csv)");
    command->callback([options, &exit_code] {
        notice_stop_signals();
        const auto done = import_csv(*options);
        exit_code = done ? *done : report(done.error());
    });
}

}  // namespace daybook::cli
