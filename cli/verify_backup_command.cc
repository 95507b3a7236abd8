#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "cli/backup_output.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/signals.h"
#include "export/fork_text.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

struct VerifyBackupCommand {
    std::string directory;
    std::vector<std::string> anchors;
    bool must_list = false;
    bool as_json = false;
};

struct Checked {
    backup::Manifest manifest;
    std::optional<Finding> finding;
};

// What is damaged is a finding here.
Result<Checked> check(const VerifyBackupCommand& options) {
    auto manifest = backup::read_manifest(options.directory);
    if (!manifest) {
        if (manifest.error().code != ErrorCode::damaged) return std::unexpected{manifest.error()};
        return Checked{{}, Finding{Seq{1}, {}, manifest.error().detail, {}, {}}};
    }
    Checked checked{*std::move(manifest), {}};
    if (options.must_list) return checked;
    Stages stages;
    auto finding = check_backup(options.directory, checked.manifest, options.anchors, stages);
    if (finding) {
        checked.finding = *std::move(finding);
    } else if (finding.error().code == ErrorCode::damaged) {
        checked.finding = Finding{Seq{}, {}, finding.error().detail, {}, {}};
    } else {
        return std::unexpected{finding.error()};
    }
    return checked;
}

void print_as_json(const Checked& checked, const VerifyBackupCommand& options) {
    const backup::Manifest& manifest = checked.manifest;
    json::Line line;
    line.begin_object().text("backup", options.directory);
    if (!options.must_list) line.boolean("is_clean", !checked.finding);
    if (checked.finding) add_finding(line, *checked.finding);
    if (!manifest.is_empty()) {
        line.text("book", to_hex(manifest.book.bytes));
        exports::write_origin(line, manifest.origin);
        line.big("head_seq", manifest.head_seq())
            .text("head_stamp", to_string(manifest.last().last_stamp))
            .text("chain_head", to_hex(manifest.last().last_hash.bytes));
    }
    line.begin_array("segments");
    for (const backup::StoredSegment& segment : manifest.segments) {
        line.begin_object()
            .text("name", segment.name)
            .big("first_seq", segment.info.first_seq)
            .big("last_seq", segment.info.last_seq)
            .big("records", segment.records())
            .big("bytes", segment.info.file_bytes)
            .text("made_at", to_string(segment.made_at))
            .text("last_hash", to_hex(segment.info.last_hash.bytes))
            .end_object();
    }
    line.end_array().end_object();
    fmt::print("{}\n", line.str());
}

void print_for_people(const Checked& checked, const VerifyBackupCommand& options) {
    const backup::Manifest& manifest = checked.manifest;
    if (const auto& finding = checked.finding) {
        if (finding->seq == Seq{}) {
            fmt::print("FINDING {}\n", finding->what);
        } else {
            print_finding(*finding);
        }
    }
    Table table{{"first seq", "last seq", "bytes", "made at", "file"}, {0, 1, 2}};
    for (const backup::StoredSegment& segment : manifest.segments) {
        table.add({std::to_string(segment.info.first_seq.value()),
                   std::to_string(segment.info.last_seq.value()),
                   std::to_string(segment.info.file_bytes), to_string(segment.made_at),
                   segment.name});
    }
    if (!manifest.is_empty()) {
        table.print();
        fmt::print("book        {}\n", to_hex(manifest.book.bytes));
        if (manifest.origin) fmt::print("fork of     {}\n", exports::describe(*manifest.origin));
        fmt::print("head seq    {} of {}\n", manifest.head_seq().value(),
                   to_string(manifest.last().last_stamp));
        fmt::print("chain head  {}\n", to_hex(manifest.last().last_hash.bytes));
    }
    if (!options.must_list) fmt::print("{}\n", checked.finding ? "not clean" : "clean");
}

int verify_backup(const VerifyBackupCommand& options) {
    notice_stop_signals();
    const auto checked = check(options);
    if (!checked) return report_or_stop(checked.error());
    if (options.as_json) {
        print_as_json(*checked, options);
    } else {
        print_for_people(*checked, options);
    }
    return checked->finding ? kExitFinding : kExitFine;
}

}  // namespace

void add_verify_backup_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<VerifyBackupCommand>();
    auto* command = app.add_subcommand(
        "verify-backup",
        "Reads every byte of a backup and checks every hash, with no server and no journal; lists "
        "its segments. What its records say is checked by `daybook verify` once they are restored");
    command->add_option("DIR", options->directory, "A directory that `daybook backup --to` made")
        ->required()
        ->type_name("DIR");
    const auto* anchors =
        command
            ->add_option(
                "--anchor", options->anchors,
                "A head of the chain that was kept elsewhere and must be in it, as for "
                "`daybook verify`; may be repeated. Only an anchor tells a backup that is too "
                "old, or was made anew with all its hashes")
            ->type_name("HEAD")
            ->one_at_a_time();
    command
        ->add_flag("--list", options->must_list,
                   "Only print what the manifest says; reads no segment")
        ->excludes(anchors);
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(R"(Exit codes:
  0 clean   1 a finding: the first place that is not as it was written, or an anchor that does not hold
  65 not an anchor   66 no backup   130 stopped

Examples:
  daybook verify-backup /mnt/backup/daybook
  daybook verify-backup /mnt/backup/daybook --anchor head.json
  daybook verify-backup /mnt/backup/daybook --list)");
    command->callback([options, &exit_code] { exit_code = verify_backup(*options); });
}

}  // namespace daybook::cli
