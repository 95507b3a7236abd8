#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/ledger_side.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/past_reader.h"
#include "cli/read_options.h"
#include "cli/report_directory.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "reconcile/camt053.h"
#include "reconcile/csv_statement.h"
#include "reconcile/reconciliation.h"
#include "reconcile/report.h"

namespace daybook::cli {

namespace {

using reconcile::Money;
using reconcile::Reconciliation;
using reconcile::Rules;
using reconcile::StatementSide;

// The console shows so many of what is open; the reports have all.
constexpr std::size_t kShownMax = 20;
constexpr std::size_t kAll = static_cast<std::size_t>(-1);

const std::vector<std::string> kReports{"report.json", "report.txt", "breaks.csv"};

struct ReconcileOptions {
    ReadOptions read;
    AtOptions at;
    std::string account;
    std::vector<std::string> statements;
    std::string period;
    std::optional<std::string> rules;
    std::optional<std::string> opening;
    std::optional<std::string> closing;
    std::optional<std::string> out;
    bool is_forced = false;
};

Result<std::string> read_file(const std::string& path) {
    constexpr std::uintmax_t kBytesMax = std::uintmax_t{2} << 30;
    std::error_code problem;
    if (!std::filesystem::is_regular_file(path, problem)) {
        return fail(ErrorCode::not_found, "there is no file '" + path + "'");
    }
    if (std::filesystem::file_size(path, problem) > kBytesMax) {
        return fail(ErrorCode::bad_input, "'" + path + "' has more than 2 GiB; split its period");
    }
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (!file) return fail(ErrorCode::no_permission, "cannot read '" + path + "'");
    return text;
}

Result<Rules> read_rules(const ReconcileOptions& options, const Money& money) {
    if (!options.rules) return Rules{};
    const auto text = read_file(*options.rules);
    if (!text) return std::unexpected{text.error()};
    auto rules = reconcile::parse_rules(*text, money);
    if (rules) return rules;
    return fail(ErrorCode::configuration,
                "rules '" + *options.rules + "': " + rules.error().detail);
}

Result<std::optional<SignedAmount>> stated(const std::optional<std::string>& text,
                                           const Money& money) {
    if (!text) return std::optional<SignedAmount>{};
    const auto amount = reconcile::parse_money(*text, money);
    if (!amount) return fail(ErrorCode::usage, amount.error().detail);
    return std::optional{*amount};
}

// Those in one file; each adds up.
Result<std::vector<reconcile::OutsideStatement>> read_statement(
    std::string_view text, const Rules& rules, const Money& money,
    const reconcile::StatedBalances& balances) {
    std::vector<reconcile::OutsideStatement> told;
    if (reconcile::is_xml(text)) {
        if (balances.opening || balances.closing) {
            return fail(ErrorCode::bad_input,
                        "a camt.053 says its balances; leave out --opening and --closing");
        }
        auto read = reconcile::read_camt053(text, money, rules.camt053);
        if (!read) return std::unexpected{read.error()};
        told = *std::move(read);
    } else {
        auto read = reconcile::read_csv_statement(text, rules.csv, money, balances);
        if (!read) return std::unexpected{read.error()};
        told.push_back(*std::move(read));
    }
    for (const auto& statement : told) {
        if (auto checked = reconcile::check_sum(statement, money); !checked) {
            return std::unexpected{checked.error()};
        }
    }
    return told;
}

Result<StatementSide> read_statements(const ReconcileOptions& options, const Rules& rules,
                                      const Money& money) {
    const auto opening = stated(options.opening, money);
    if (!opening) return fail(opening.error(), "--opening");
    const auto closing = stated(options.closing, money);
    if (!closing) return fail(closing.error(), "--closing");
    StatementSide side;
    std::vector<reconcile::OutsideStatement> read;
    for (const auto& path : options.statements) {
        const auto text = read_file(path);
        if (!text) return std::unexpected{text.error()};
        auto told = read_statement(*text, rules, money, {*opening, *closing});
        if (!told) return fail(told.error(), "'" + path + "'");
        std::ranges::move(*told, std::back_inserter(read));
        side.hashes.push_back(reconcile::sha256_of(*text));
    }
    auto joined = reconcile::join(std::move(read), money);
    if (!joined) return std::unexpected{joined.error()};
    side.statement = *std::move(joined);
    return side;
}

Result<void> write_reports(const Reconciliation& result, ReportDirectory& directory) {
    using reconcile::Sink;
    const auto write = [&](const std::string& name, const auto& fill) {
        return directory.write(name, [&](const Sink& sink) { return fill(sink); });
    };
    auto done =
        write("report.json", [&](const Sink& sink) { return reconcile::write_json(result, sink); });
    if (done) {
        done = write("breaks.csv",
                     [&](const Sink& sink) { return reconcile::write_breaks_csv(result, sink); });
    }
    if (done) {
        done = write("report.txt",
                     [&](const Sink& sink) { return reconcile::write_text(result, kAll, sink); });
    }
    if (done && is_stop_requested()) {
        return fail(ErrorCode::try_again, "stopped; nothing was written");
    }
    if (done) done = directory.commit();
    return done;
}

Result<void> print(const Reconciliation& result, bool as_json) {
    StandardOutput output;
    if (as_json) {
        output.text() = reconcile::summary_json(result) + "\n";
    } else {
        auto done =
            reconcile::write_text(result, kShownMax, [&](std::string_view text) -> Result<void> {
                output.text() += text;
                return {};
            });
        if (!done) return done;
    }
    if (auto flushed = output.flush(); !flushed) return std::unexpected{flushed.error()};
    return {};
}

int report_stop_or(const Error& error) {
    const int code = report(error);
    return is_stop_requested() ? exit_code_after_stop() : code;
}

int reconcile_account(const ReconcileOptions& options) {
    notice_stop_signals();
    // A file that may not grow further is an error of the write, not the end.
    notice_file_limit();
    const auto period = reconcile::parse_period(options.period);
    if (!period) return report(period.error());
    if (options.statements.size() > 1 && (options.opening || options.closing)) {
        return report({ErrorCode::usage,
                       "--opening and --closing are of one statement; of several each must have a "
                       "column of balances"});
    }
    auto reader = PastReader::open(options.read);
    if (!reader) return report(reader.error());
    auto account = find_ledger_account(*reader, options.account, options.at);
    if (!account) return report(account.error());
    reader->release();

    const Money money = account->side.money;
    auto rules = read_rules(options, money);
    if (!rules) return report(rules.error());
    auto statements = read_statements(options, *rules, money);
    if (!statements) return report(statements.error());
    std::optional<ReportDirectory> directory;
    if (options.out) {
        auto begun = ReportDirectory::begin(*options.out, kReports, options.is_forced);
        if (!begun) return report(begun.error());
        directory.emplace(*std::move(begun));
    }

    auto ledger =
        read_ledger_side(*reader, *std::move(account), reconcile::near_of(*period, *rules));
    if (!ledger) return report_stop_or(ledger.error());
    const auto result = reconcile::reconcile(*std::move(ledger), *std::move(statements),
                                             *std::move(rules), *period);
    if (directory) {
        if (auto written = write_reports(result, *directory); !written) {
            return report_stop_or(written.error());
        }
    }
    if (auto printed = print(result, options.read.as_json); !printed) {
        return report(printed.error());
    }
    return result.is_clean() ? kExitFine : kExitFinding;
}

}  // namespace

void add_reconcile_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<ReconcileOptions>();
    auto* command = app.add_subcommand(
        "reconcile",
        "Compares an account with what a bank, or anybody else, says of it: every line of both "
        "ends in exactly one bucket. Never writes to the ledger");
    command->add_option("--account", options->account, "Account code")
        ->required()
        ->type_name("CODE");
    command
        ->add_option("--statement", options->statements,
                     "A statement: camt.053, or CSV with a header. Several follow one "
                     "another, each opening with the balance that the one before closes with")
        ->required()
        ->one_at_a_time()
        ->type_name("FILE");
    command
        ->add_option("--period", options->period,
                     "The days to compare: 1993, 1993-01, 1993-01-15 or 1993-01..1993-03, both "
                     "inclusive. A line of the ledger counts on its effective day")
        ->required()
        ->type_name("PERIOD");
    command
        ->add_option("--rules", options->rules,
                     "How to read the statement, and what else may pass as a match "
                     "(docs/reconciliation-rules.md)")
        ->type_name("FILE");
    command
        ->add_option("--opening", options->opening,
                     "The statement's opening balance, where the file does not say it")
        ->type_name("AMOUNT");
    command->add_option("--closing", options->closing, "Its closing balance, the same")
        ->type_name("AMOUNT");
    command
        ->add_option("--out", options->out,
                     "Write report.json, report.txt and breaks.csv to this directory, all or none")
        ->type_name("DIR");
    command->add_flag("--force", options->is_forced, "Replace the reports there")->needs("--out");
    add_at_options(*command, options->at);
    add_read_options(*command, options->read);
    command->footer(
        R"(A pure function of the ledger up to a seq, the statement and the rules: with the
--at-seq that the report names it gives the same bytes for ever (docs/reconciliation.md).

Examples:
  daybook reconcile --account bank:cash --statement march.csv --period 2026-03 --out march
  daybook reconcile --account bank:cash --statement march.csv --period 2026-03 --rules bank.json
      --opening 100.00 --closing 250.00

Exit codes:
  0 clean   1 breaks   64 usage   65 a statement cannot be used; nothing was written   66 no such
  file, account or seq   73 can't create output   75 not applied yet   76 damaged   77 a file cannot
  be read   78 the rules are wrong)");
    command->callback([options, &exit_code] { exit_code = reconcile_account(*options); });
}

}  // namespace daybook::cli
