#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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

struct RestoreCommand {
    std::string from;
    std::string data;
    std::optional<std::uint64_t> to_seq;
    std::vector<std::string> anchors;
    bool as_json = false;
};

void print_as_json(const backup::Rebuilt& rebuilt, std::uint64_t left_out,
                   const RestoreCommand& options, double seconds) {
    json::Line line;
    line.begin_object();
    add_rebuilt(line, rebuilt, options.data);
    line.boolean("has_original_head", rebuilt.has_original_head)
        .big("records_left_out", left_out)
        .text("seconds", fmt::format("{:.3f}", seconds))
        .end_object();
    fmt::print("{}\n", line.str());
}

// What a book that goes on from its past costs is said where nobody can miss it.
void print_left_out(const backup::Rebuilt& rebuilt, const backup::Manifest& manifest) {
    const Seq head = rebuilt.head.last_seq();
    fmt::print("\nLEFT OUT    seq {} to {}: {} records that the backup has are not in this book\n",
               head.value() + 1, manifest.head_seq().value(),
               manifest.head_seq().value() - head.value());
    if (!rebuilt.has_original_head) {
        fmt::print(
            "CUT         block {} ends earlier than it did and is sealed anew, so the chain "
            "leaves the original there\n",
            rebuilt.head.number);
    }
    fmt::print(
        "            producers may have receipts for what was left out, and its keys are "
        "free again;\n            anchors behind seq {} do not hold any more, which is how "
        "others can tell\n\n",
        rebuilt.has_original_head ? head.value() : rebuilt.head.first_seq.value() - 1);
}

int run_restore(const RestoreCommand& options) {
    notice_stop_signals();
    notice_file_limit();
    const auto begun = std::chrono::steady_clock::now();
    const auto manifest = backup::read_manifest(options.from);
    if (!manifest) return report_or_stop(manifest.error());
    std::optional<Seq> to;
    if (options.to_seq) to = Seq{*options.to_seq};
    if (to && !manifest->is_empty() && *to > manifest->head_seq()) {
        return report_or_stop({ErrorCode::not_found,
                               "the backup ends at seq " +
                                   std::to_string(manifest->head_seq().value()) + ", before seq " +
                                   std::to_string(to->value()) + "; name an earlier one"});
    }
    // Before every byte of the backup is read.
    if (const auto place = journal::NewBook::check_place(options.data); !place) {
        return report_or_stop(place.error());
    }
    Stages stages;
    const auto finding = check_backup(options.from, *manifest, options.anchors, stages);
    stages.end();
    if (!finding) {
        Error error = finding.error();
        if (error.code == ErrorCode::damaged) {
            error.detail = "the backup is damaged, and nothing was restored: " + error.detail;
        }
        return report_or_stop(error);
    }
    if (*finding) {
        fmt::print(stderr,
                   "daybook: nothing was restored: {}; use a newer backup, or leave out "
                   "--anchor\n",
                   (*finding)->what);
        return kExitFinding;
    }
    const auto go_on = stages.go_on();
    const auto rebuilt = backup::restore(options.from, *manifest, options.data, to, go_on);
    stages.end();
    if (!rebuilt) return report_or_stop(rebuilt.error());
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    const std::uint64_t left_out = manifest->head_seq().value() - rebuilt->head.last_seq().value();
    if (options.as_json) {
        print_as_json(*rebuilt, left_out, options, seconds.count());
        return kExitFine;
    }
    print_rebuilt(*rebuilt, options.data, seconds.count());
    if (left_out != 0) print_left_out(*rebuilt, *manifest);
    fmt::print("next        daybook verify --data {}\n", options.data);
    return kExitFine;
}

}  // namespace

void add_restore_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<RestoreCommand>();
    auto* command = app.add_subcommand(
        "restore",
        "Builds the identical book from a backup in a new data directory, once every byte of the "
        "backup is verified: the same seqs, blocks and chain head. The server makes everything "
        "else there anew when it starts");
    command->add_option("--from", options->from, "A directory that `daybook backup --to` made")
        ->required()
        ->type_name("DIR");
    add_data_option(*command, options->data);
    command
        ->add_option("--to-seq", options->to_seq,
                     "Only up to this record: LEAVES OUT all that came behind it, although it may "
                     "have been acknowledged (default: everything)")
        ->positive()
        ->type_name("SEQ");
    command
        ->add_option(
            "--anchor", options->anchors,
            "A head of the chain that was kept elsewhere and must be in the backup, as for "
            "`daybook verify`; may be repeated. Else a backup that is too old is restored "
            "without a word")
        ->type_name("HEAD")
        ->one_at_a_time();
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(R"(Exit codes:
  0 the book is there   1 an anchor does not hold; nothing was restored   64 usage
  65 not an anchor   66 no backup, or it does not reach to that seq
  73 the data directory is not empty, or cannot be made   74 the disk failed   75 another process makes it
  76 the backup is damaged; nothing was restored   130 stopped; nothing was kept

Examples:
  daybook restore --from /mnt/backup/daybook --data restored --anchor head.json
  daybook verify --data restored
  daybook restore --from /mnt/backup/daybook --data before --to-seq 120000)");
    command->callback([options, &exit_code] { exit_code = run_restore(*options); });
}

}  // namespace daybook::cli
