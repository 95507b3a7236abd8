// The `daybook` binary.
#include <exception>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/parser.h"
#include "cli/signals.h"
#include "cli/standard_output.h"

namespace {

constexpr auto kFooter = R"(Examples:
  daybook serve --data /var/lib/daybook
  daybook post --debit bank:cash --credit users:alice --amount 12.50

Exit codes:
  0 fine              1 a finding           64 usage            65 bad input data
  66 no such input    69 server not reachable  73 can't create output  74 I/O error
  75 try again        76 data damaged or of another book  77 no permission  78 configuration)";

// Each connection is a file, and each segment of an archive: take as many as the system gives.
void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int run(int argc, char** argv) {
    // Logs go to standard error, so that standard output is what was asked for.
    spdlog::set_default_logger(spdlog::stderr_color_mt("daybook"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);

    CLI::App app{
        "Daybook: a double-entry ledger that puts every command in one order and loses none",
        "daybook"};
    app.footer(kFooter);
    app.require_subcommand(1);
    app.get_formatter()->column_width(32);
    daybook::cli::Subcommand commands{app};
    int exit_code = daybook::cli::kExitFine;
    daybook::cli::add_serve_commands(commands, exit_code);
    daybook::cli::add_http_commands(commands, exit_code);
    daybook::cli::add_account_commands(commands, exit_code);
    daybook::cli::add_post_command(commands, exit_code);
    daybook::cli::add_hold_commands(commands, exit_code);
    daybook::cli::add_reverse_command(commands, exit_code);
    daybook::cli::add_submit_command(commands, exit_code);
    daybook::cli::add_key_commands(commands, exit_code);
    daybook::cli::add_read_commands(commands, exit_code);
    daybook::cli::add_entry_command(commands, exit_code);
    daybook::cli::add_tail_command(commands, exit_code);
    daybook::cli::add_status_command(commands, exit_code);
    daybook::cli::add_verify_command(commands, exit_code);
    daybook::cli::add_reconcile_command(commands, exit_code);
    daybook::cli::add_what_if_command(commands, exit_code);
    daybook::cli::add_archive_command(commands, exit_code);
    daybook::cli::add_prove_command(commands, exit_code);
    daybook::cli::add_check_proof_command(commands, exit_code);
    daybook::cli::add_book_hash_command(commands, exit_code);
    daybook::cli::add_import_command(commands, exit_code);
    daybook::cli::add_export_command(commands, exit_code);
    daybook::cli::add_verify_export_command(commands, exit_code);
    daybook::cli::add_backup_command(commands, exit_code);
    daybook::cli::add_verify_backup_command(commands, exit_code);
    daybook::cli::add_restore_command(commands, exit_code);
    daybook::cli::add_fork_command(commands, exit_code);
    daybook::cli::add_bench_commands(commands, exit_code);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : daybook::cli::exit_code(daybook::ErrorCode::usage);
    }
    return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
    daybook::cli::keep_standard_descriptors();
    daybook::cli::explain_damaged_pages();
    daybook::cli::end_without_memory();
    raise_file_limit();
    // Libraries throw; what none of our code caught is told in one line.
    try {
        return daybook::cli::end_output(run(argc, argv));
    } catch (const std::exception& error) {
        fmt::print(stderr, "daybook: {}\n", error.what());
        return daybook::cli::exit_code(daybook::ErrorCode::io_failed);
    }
}
