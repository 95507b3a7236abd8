#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <sys/resource.h>

#include <fmt/format.h>

#include "backup/back_up.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "cli/backup_output.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/parser.h"
#include "cli/signals.h"
#include "export/fork_text.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

struct BackupCommand {
    std::string data;
    std::string to;
    bool as_json = false;
};

void print(const backup::BackedUp& done, const BackupCommand& options, double seconds) {
    const backup::Manifest& manifest = done.manifest;
    const journal::SegmentInfo& head = manifest.last();
    if (options.as_json) {
        json::Line line;
        line.begin_object().text("backup", options.to).text("book", to_hex(manifest.book.bytes));
        exports::write_origin(line, manifest.origin);
        line.big("records_added", done.records_added)
            .big("blocks_added", done.blocks_added)
            .big("segments_added", done.segments_added)
            .big("bytes_added", done.bytes_added)
            .big("segments", manifest.segments.size())
            .big("head_seq", head.last_seq)
            .text("head_stamp", to_string(head.last_stamp))
            .text("chain_head", to_hex(head.last_hash.bytes))
            .text("seconds", fmt::format("{:.3f}", seconds))
            .end_object();
        fmt::print("{}\n", line.str());
        return;
    }
    fmt::print("backup      {}\n", options.to);
    fmt::print("book        {}\n", to_hex(manifest.book.bytes));
    if (manifest.origin) fmt::print("fork of     {}\n", exports::describe(*manifest.origin));
    fmt::print("added       {} records in {} blocks ({} bytes)\n", done.records_added,
               done.blocks_added, done.bytes_added);
    fmt::print("segments    {}\n", manifest.segments.size());
    fmt::print("head seq    {} of {}\n", head.last_seq.value(), to_string(head.last_stamp));
    fmt::print("chain head  {}\n", to_hex(head.last_hash.bytes));
    fmt::print("seconds     {:.3f} ({:.0f} records/s)\n", seconds,
               static_cast<double>(done.records_added) / std::max(seconds, 1e-6));
}

int run_backup(const BackupCommand& options) {
    notice_stop_signals();
    notice_file_limit();
    // The server comes first.
    setpriority(PRIO_PROCESS, 0, 19);
    const auto begun = std::chrono::steady_clock::now();
    const auto journal = DataDirectory{options.data}.open_journal(journal::Access::read_only);
    if (!journal) return report_or_stop(journal.error());
    SystemClock clock;
    Stages stages;
    const auto go_on = stages.go_on();
    const auto done = backup::back_up(*journal, options.to, clock, go_on);
    stages.end();
    if (!done) return report_or_stop(done.error());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    print(*done, options, seconds.count());
    return kExitFine;
}

}  // namespace

void add_backup_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<BackupCommand>();
    auto* command = app.add_subcommand(
        "backup",
        "Copies the journal to a directory of compressed segments, beside a live server; run "
        "again, it adds what has come since. What is written is synced, read back and verified "
        "before it counts");
    add_data_option(*command, options->data);
    command
        ->add_option("--to", options->to,
                     "The backup's directory: a new one, or that of an earlier backup of this book")
        ->required()
        ->type_name("DIR");
    command->add_flag("--json", options->as_json,
                      "Print one JSON object; kept elsewhere, it is an anchor");
    command->footer(R"(Exit codes:
  0 backed up   66 no journal   73 cannot be written; the backup is as it was
  74 the disk failed   75 another process writes to it
  76 the journal or the backup is damaged, or it is a backup of another book or history
  77 no permission   130 stopped; the backup is whole, and the next run goes on

Examples:
  daybook backup --data /var/lib/daybook --to /mnt/backup/daybook
  daybook backup --to /mnt/backup/daybook --json > head.json)");
    command->callback([options, &exit_code] { exit_code = run_backup(*options); });
}

}  // namespace daybook::cli
