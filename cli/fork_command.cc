#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "backup/rebuild.h"
#include "cli/backup_output.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/parser.h"
#include "cli/signals.h"
#include "journal/new_book.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

struct ForkCommand {
    std::string data;
    std::string from;
    std::string to;
    std::uint64_t at = 0;
    bool as_json = false;
};

Result<backup::Rebuilt> fork_backup(const ForkCommand& options, Stages& stages) {
    const auto manifest = backup::read_manifest(options.from);
    if (!manifest) return std::unexpected{manifest.error()};
    const auto sound = check_backup(options.from, *manifest, {}, stages);
    if (!sound) return std::unexpected{sound.error()};
    const auto go_on = stages.go_on();
    return backup::fork(options.from, *manifest, Seq{options.at}, new_book_id(), options.to, go_on);
}

Result<backup::Rebuilt> fork_journal(const ForkCommand& options, Stages& stages) {
    const auto journal = DataDirectory{options.data}.open_journal(journal::Access::read_only);
    if (!journal) return std::unexpected{journal.error()};
    const auto go_on = stages.go_on();
    return backup::fork(*journal, Seq{options.at}, new_book_id(), options.to, go_on);
}

int run_fork(const ForkCommand& options) {
    notice_stop_signals();
    notice_file_limit();
    const auto begun = std::chrono::steady_clock::now();
    if (const auto place = journal::NewBook::check_place(options.to); !place) {
        return report_or_stop(place.error());
    }
    Stages stages;
    const auto rebuilt =
        options.from.empty() ? fork_journal(options, stages) : fork_backup(options, stages);
    stages.end();
    if (!rebuilt) return report_or_stop(rebuilt.error());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    if (options.as_json) {
        json::Line line;
        line.begin_object();
        add_rebuilt(line, *rebuilt, options.to);
        line.text("seconds", fmt::format("{:.3f}", seconds.count())).end_object();
        fmt::print("{}\n", line.str());
        return kExitFine;
    }
    print_rebuilt(*rebuilt, options.to, seconds.count());
    fmt::print("next        daybook serve --data {}\n", options.to);
    return kExitFine;
}

}  // namespace

void add_fork_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<ForkCommand>();
    auto* command = app.add_subcommand(
        "fork",
        "Makes a writable book of its own from the records of another up to a seq, beside its live "
        "server or from a backup. It has another id, and its chain says where it comes from; "
        "producers of the other are refused by it");
    add_data_option(*command, options->data);
    command
        ->add_option("--from", options->from,
                     "Fork the book in this backup instead of the one in the data directory")
        ->type_name("DIR");
    command->add_option("--at", options->at, "The last record the fork takes from the other book")
        ->required()
        ->positive()
        ->type_name("SEQ");
    command->add_option("--to", options->to, "The new data directory")
        ->required()
        ->type_name("DIR");
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(R"(Exit codes:
  0 the fork is there   64 usage   66 no such journal or backup, or it does not reach to that seq
  73 the directory is not empty, or cannot be made   74 the disk failed   75 another process makes it
  76 the journal or the backup is damaged; nothing was made   130 stopped; nothing was kept

Examples:
  daybook fork --data /var/lib/daybook --at 120000 --to sandbox
  daybook fork --from /mnt/backup/daybook --at 120000 --to sandbox)");
    command->callback([options, &exit_code] { exit_code = run_fork(*options); });
}

}  // namespace daybook::cli
