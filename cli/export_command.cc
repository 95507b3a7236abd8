#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/export_output.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "export/exporter.h"
#include "journal/reader.h"
#include "projector/balances.h"

namespace daybook::cli {

namespace {

struct ExportCommand {
    std::string data;
    std::string format;
    std::string out;
    std::optional<std::uint64_t> from_seq;
    std::optional<std::uint64_t> to_seq;
    std::vector<std::string> accounts;
    std::optional<std::uint64_t> statement;
    std::string sign_key;
    bool must_replace = false;
    bool as_json = false;
};

// The whole journal up to the projection's watermark; without a projection, up to its head.
Result<Seq> end_of_journal(const DataDirectory& data,
                           const std::shared_ptr<journal::Environment>& journal) {
    auto projection = data.open_projection(journal);
    Seq watermark = kSeqMax;
    if (projection) {
        const auto view = (*projection)->view();
        if (!view) return std::unexpected{view.error()};
        watermark = view->watermark().seq;
    } else if (projection.error().code == ErrorCode::damaged) {
        return std::unexpected{projection.error()};
    }
    auto snapshot = journal::Snapshot::open(journal);
    if (!snapshot) return std::unexpected{snapshot.error()};
    return std::min(watermark, snapshot->head_seq());
}

Result<exports::Cut> choose_cut(const ExportCommand& options, const DataDirectory& data,
                                const std::shared_ptr<journal::Environment>& journal) {
    exports::Cut cut{Seq{options.from_seq.value_or(1)}, Seq{options.to_seq.value_or(0)}};
    if (!options.to_seq) {
        const auto end = end_of_journal(data, journal);
        if (!end) return std::unexpected{end.error()};
        cut.to = *end;
    }
    if (cut.to == Seq{}) {
        return fail(ErrorCode::not_found,
                    "the journal has no records yet; there is nothing to export");
    }
    if (cut.from <= cut.to) return cut;
    return fail(options.to_seq ? ErrorCode::usage : ErrorCode::not_found,
                "the cut from seq " + std::to_string(cut.from.value()) + " to seq " +
                    std::to_string(cut.to.value()) + " is empty; lower --from-seq");
}

// Statements are numbered without a gap, which only whoever made the one before can do.
Result<void> check_statement(const ExportCommand& options, exports::Format format) {
    constexpr std::size_t kAccountsMax = 100;
    if (format != exports::Format::camt053) {
        if (options.accounts.empty() && !options.statement) return {};
        return fail(ErrorCode::usage, "--account and --statement are for --format camt053 alone");
    }
    if (options.accounts.empty() || options.accounts.size() > kAccountsMax) {
        return fail(ErrorCode::usage, "camt053 is of 1 to 100 accounts; name them with --account");
    }
    const bool is_first = options.from_seq.value_or(1) == 1;
    if (is_first && options.statement.value_or(1) != 1) {
        return fail(ErrorCode::usage,
                    "the statement of a cut from seq 1 is number 1; leave out --statement");
    }
    if (is_first || options.statement) return {};
    return fail(ErrorCode::usage,
                "a cut that does not begin with seq 1 needs --statement, the number after that of "
                "the export before it");
}

Result<exports::Manifest> write_export(const ExportCommand& options) {
    const auto format = exports::parse_format(options.format);
    if (!format) {
        return fail(ErrorCode::usage, "'" + options.format +
                                          "' is no format; name csv, jsonl, hledger, beancount or "
                                          "camt053 with --format");
    }
    if (auto fits = check_statement(options, *format); !fits) {
        return std::unexpected{fits.error()};
    }
    const DataDirectory data{options.data};
    const auto journal = data.open_journal(journal::Access::read_only);
    if (!journal) return std::unexpected{journal.error()};
    const auto cut = choose_cut(options, data, *journal);
    if (!cut) return std::unexpected{cut.error()};
    Progress progress{"exporting", cut->to.value()};
    const exports::ExportOptions chosen{.format = *format,
                                        .cut = *cut,
                                        .directory = options.out,
                                        .must_replace = options.must_replace,
                                        .accounts = options.accounts,
                                        .statement = options.statement.value_or(1),
                                        .sign_key = options.sign_key,
                                        .go_on = [&](Seq done) {
                                            progress.look(done.value());
                                            return !is_stop_requested();
                                        }};
    return exports::export_journal(*journal, chosen);
}

int run_export(const ExportCommand& options) {
    notice_stop_signals();
    const auto begun = std::chrono::steady_clock::now();
    const auto manifest = write_export(options);
    if (!manifest) {
        const int code = report(manifest.error());
        return is_stop_requested() ? exit_code_after_stop() : code;
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    if (options.as_json) {
        fmt::print("{}\n", export_json(*manifest, options.out));
    } else {
        print_export(*manifest, options.out, seconds.count());
    }
    return kExitFine;
}

}  // namespace

void add_export_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<ExportCommand>();
    auto* command = app.add_subcommand(
        "export",
        "Writes the journal, or a cut of it, to a directory of files with a manifest; the same cut "
        "gives the same bytes for ever. Runs beside a live server");
    add_data_option(*command, options->data);
    command
        ->add_option(
            "--format", options->format,
            "csv: postings, balances and trial balance; jsonl: everything the journal "
            "holds; hledger and beancount: for an independent recomputation; camt053: bank "
            "statements (ISO 20022)")
        ->required()
        ->type_name("FORMAT");
    command
        ->add_option("--out", options->out,
                     "The directory to make; there will be a whole export in it, or none")
        ->required()
        ->type_name("DIR");
    command->add_option("--from-seq", options->from_seq, "The first record (default: 1)")
        ->positive()
        ->type_name("SEQ");
    command
        ->add_option("--to-seq", options->to_seq,
                     "The last record (default: the projection's watermark; without one, the "
                     "journal's head)")
        ->positive()
        ->type_name("SEQ");
    command
        ->add_option("--account", options->accounts,
                     "camt053: an account to make the statement of; may be given again")
        ->one_at_a_time()
        ->type_name("CODE");
    command
        ->add_option(
            "--statement", options->statement,
            "camt053: the number of the statements, the next after that of the export before "
            "it; of a cut from seq 1 it is 1")
        ->positive()
        ->type_name("NUMBER");
    command
        ->add_option("--sign-key", options->sign_key,
                     "Sign the manifest with this private Ed25519 key; `openssl genpkey -algorithm "
                     "ed25519 -out key.pem` makes one, `openssl pkey -in key.pem -pubout -out "
                     "public.pem` gives its public half")
        ->type_name("FILE");
    command->add_flag("--force", options->must_replace,
                      "Replace an export that is there already, once the new one is whole; what is "
                      "more than an export is never replaced");
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(R"(Exit codes:
  0 exported   64 usage   65 the format cannot carry it   66 no such journal, seq or account
   73 cannot be written; nothing was kept
  75 another process writes there   76 the journal is damaged   130 stopped; nothing was kept

Examples:
  daybook export --format csv --out 2026-03
  daybook export --format jsonl --from-seq 1 --to-seq 5000 --out archive/0001)");
    command->callback([options, &exit_code] { exit_code = run_export(*options); });
}

}  // namespace daybook::cli
