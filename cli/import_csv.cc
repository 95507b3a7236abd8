#include "cli/import_csv.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/csv_entries.h"
#include "cli/csv_plan.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/import_csv_report.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "cli/send_commands.h"
#include "cli/signals.h"
#include "gateway/command_client.h"
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

void note(CsvTally& tally, const CsvPlan& plan, std::size_t place, const schema::Receipt& receipt) {
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
// opened cannot be tried. False when it was asked to stop.
Result<bool> try_all(gateway::CommandClient& client, const CsvPlan& plan, CsvTally& tally) {
    std::vector<std::string> unopened;
    for (const auto& account : plan.accounts)
        unopened.push_back(account.code);
    std::ranges::sort(unopened);
    Progress progress{"trying", plan.entries.size()};
    for (std::size_t place = 0; place < plan.entries.size(); ++place) {
        if (is_stop_requested()) return false;
        progress.at(place);
        const auto& entry = plan.entries[place];
        const bool can_be_tried = std::ranges::none_of(entry.postings, [&](const Posting& posting) {
            return std::ranges::binary_search(unopened, posting.account.code);
        });
        if (!can_be_tried) {
            ++tally.not_tried;
            continue;
        }
        const std::vector<Command> command{entry};
        const auto receipts = client.dry_run(command);
        if (!receipts) return std::unexpected{receipts.error()};
        note(tally, plan, place, receipts->front());
    }
    return true;
}

Result<bool> post_all(gateway::CommandClient& client, const CsvPlan& plan, CsvTally& tally) {
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

// False when it was asked to stop. What is in the tally by then has happened, on every way out.
Result<bool> carry_out(gateway::CommandClient& client, const ImportCsv& options,
                       const CsvPlan& plan, CsvTally& tally) {
    // Without the lines that were refused no total can be the file's: they are what is wrong.
    const bool is_sound = plan.refused.empty();
    if (is_sound) {
        if (auto expected = check_expected(options, plan); !expected) {
            return std::unexpected{expected.error()};
        }
    }
    if (options.is_dry_run) return try_all(client, plan, tally);
    if (!is_sound) return true;
    return post_all(client, plan, tally);
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
    CsvTally tally;
    const auto is_whole = carry_out(**client, options, *plan, tally);
    std::vector<RefusedLine> refused = plan->refused;
    refused.insert(refused.end(), tally.rejected.begin(), tally.rejected.end());
    print_refused(options.file, refused);
    const auto written = write_refused(options.refused_file, refused);
    if (!is_whole) {
        if (written) return std::unexpected{is_whole.error()};
        return fail(is_whole.error().code, is_whole.error().detail + "; " + written.error().detail);
    }
    if (!written) return std::unexpected{written.error()};
    print_tally(*plan, tally, options.is_dry_run, options.as_json);
    if (!*is_whole) {
        return fail(ErrorCode::try_again,
                    options.is_dry_run ? "stopped before all was tried; nothing was sent"
                                       : "stopped; run the same import again to complete it");
    }
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
    command->add_flag(
        "--dry-run", options->is_dry_run,
        "Check the file, try each entry on its own but those whose accounts are still to be "
        "opened, and send nothing");
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
                     "Write every refused line, and why, to this CSV, however the import ends")
        ->type_name("FILE");
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(
        R"(The first row names the columns: entry, account, side (debit or credit) and amount (12.50); and, as
wanted, asset and type (an account that is not there is opened with them), reference, description and
effective_at (of an entry: its first row's). Rows of one entry follow each other; there are 2 to 255.

Exit codes:
  0 every entry is in the ledger   1 the ledger rejected some   65 lines were refused, or a control
  total differs; nothing was sent   66 no such file   69 server not reachable   73 can't write the
  refused lines   75 stopped; run it again

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
