#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "journal/archive.h"
#include "journal/archiver.h"
#include "journal/reader.h"
#include "json/line.h"
#include "json/moment.h"
#include "projector/past.h"

namespace daybook::cli {

namespace {

using Seconds = std::chrono::duration<double>;

struct ArchiveCommand {
    std::string data;
    std::optional<std::uint64_t> to_seq;
    std::optional<std::uint64_t> keep;
    std::optional<std::string> before;
    std::uint64_t segment_mib = 1024;
    bool is_list = false;
    bool as_json = false;

    int ways() const {
        return static_cast<int>(to_seq.has_value()) + static_cast<int>(keep.has_value()) +
               static_cast<int>(before.has_value()) + static_cast<int>(is_list);
    }
};

// The last record recorded before the moment.
Result<Seq> last_before(journal::Snapshot& snapshot, const std::string& text) {
    const auto moment = json::parse_moment(text);
    if (!moment) return std::unexpected{moment.error()};
    return projector::last_seq_at(snapshot, Stamp{moment->nanoseconds() - 1});
}

Result<Seq> end_of(const ArchiveCommand& options,
                   const std::shared_ptr<journal::Environment>& journal) {
    if (options.to_seq) return Seq{*options.to_seq};
    auto snapshot = journal::Snapshot::open(journal);
    if (!snapshot) return std::unexpected{snapshot.error()};
    if (options.before) return last_before(*snapshot, *options.before);
    const std::uint64_t head = snapshot->head_seq().value();
    return Seq{head > *options.keep ? head - *options.keep : 0};
}

Result<journal::ArchiveReport> archive(const ArchiveCommand& options) {
    const auto journal = DataDirectory{options.data}.open_journal(journal::Access::read_write);
    if (!journal) return std::unexpected{journal.error()};
    const auto to = end_of(options, *journal);
    if (!to) return std::unexpected{to.error()};
    Progress progress{"archiving", to->value()};
    return journal::archive_blocks(*journal, {.to = *to,
                                              .segment_bytes_max = options.segment_mib << 20,
                                              .readers_wait = std::chrono::seconds{3},
                                              .go_on = [&](Seq at) {
                                                  progress.at(at.value());
                                                  return !is_stop_requested();
                                              }});
}

void print_as_json(const journal::ArchiveReport& report, Seconds seconds) {
    json::Line line;
    line.begin_object().big("blocks", report.blocks);
    if (report.blocks != 0) {
        line.big("first_seq", report.first_seq).big("last_seq", report.last_seq);
    }
    line.big("block_bytes", report.block_bytes)
        .big("segments", report.segments)
        .big("segment_bytes", report.segment_bytes)
        .big("freed_bytes", report.freed_bytes)
        .boolean("has_readers", report.has_readers)
        .big("archived_to_seq", report.archived_to)
        .big("archive_segments", report.archive_segments)
        .big("archive_bytes", report.archive_bytes)
        .text("seconds", fmt::format("{:.3f}", seconds.count()))
        .end_object();
    fmt::print("{}\n", line.str());
}

std::string mebibytes(std::uint64_t bytes) {
    return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

void print_for_people(const journal::ArchiveReport& report, Seconds seconds) {
    if (report.blocks == 0) {
        fmt::print("nothing to archive\n");
    } else {
        fmt::print("archived    seq {} to {}: {} blocks of {}\n", report.first_seq.value(),
                   report.last_seq.value(), report.blocks, mebibytes(report.block_bytes));
        fmt::print("written     {} segments of {}\n", report.segments,
                   mebibytes(report.segment_bytes));
        fmt::print("freed       {}{}\n", mebibytes(report.freed_bytes),
                   report.has_readers
                       ? "; the journal uses the rest again (readers held snapshots of it)"
                       : " of the disk");
        fmt::print("seconds     {:.3f}\n", seconds.count());
    }
    fmt::print("archive     to seq {}, {} segments of {}\n", report.archived_to.value(),
               report.archive_segments, mebibytes(report.archive_bytes));
}

int run_archive(const ArchiveCommand& options) {
    notice_stop_signals();
    const auto begun = std::chrono::steady_clock::now();
    const auto done = archive(options);
    const Seconds seconds = std::chrono::steady_clock::now() - begun;
    if (!done) {
        const int code = report(done.error());
        return is_stop_requested() ? exit_code_after_stop() : code;
    }
    if (options.as_json) {
        print_as_json(*done, seconds);
    } else {
        print_for_people(*done, seconds);
    }
    return kExitFine;
}

int list_segments(const ArchiveCommand& options) {
    const auto journal = DataDirectory{options.data}.open_journal(journal::Access::read_only);
    if (!journal) return report(journal.error());
    const auto archive = journal::Archive::open(journal::archive_directory((*journal)->directory()),
                                                (*journal)->book());
    if (!archive) return report(archive.error());
    Table table{{"FIRST", "LAST", "FROM", "TO", "BLOCKS", "BYTES", "PACKED", "FILE"},
                {0, 1, 4, 5, 6}};
    for (const auto& segment : (*archive)->segments()) {
        const auto& info = segment->info();
        const std::uint64_t blocks = info.last_block - info.first_block + 1;
        const auto file = segment->path().filename().string();
        if (options.as_json) {
            json::Line line;
            line.begin_object()
                .big("first_seq", info.first_seq)
                .big("last_seq", info.last_seq)
                .text("first_recorded_at", to_string(info.first_stamp))
                .text("last_recorded_at", to_string(info.last_stamp))
                .big("blocks", blocks)
                .big("block_bytes", info.block_bytes)
                .big("file_bytes", info.file_bytes)
                .text("hash", to_hex(info.hash.bytes))
                .text("file", file)
                .end_object();
            fmt::print("{}\n", line.str());
            continue;
        }
        table.add({std::to_string(info.first_seq.value()), std::to_string(info.last_seq.value()),
                   to_string(info.first_stamp), to_string(info.last_stamp), std::to_string(blocks),
                   std::to_string(info.block_bytes), std::to_string(info.file_bytes), file});
    }
    if (!options.as_json) table.print();
    return kExitFine;
}

}  // namespace

void add_archive_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<ArchiveCommand>();
    auto* command = app.add_subcommand(
        "archive",
        "Moves the oldest records out of the journal's file into sealed, compressed segments in "
        "DIR/archive. Everything reads them as before; stop the server first");
    add_data_option(*command, options->data);
    command
        ->add_option("--to-seq", options->to_seq,
                     "Up to this record, in whole blocks; the last block always stays")
        ->positive()
        ->type_name("SEQ");
    command->add_option("--keep", options->keep, "All but the newest N records")->type_name("N");
    command
        ->add_option("--before", options->before,
                     "Everything recorded before TIME (RFC 3339, or a day: its midnight UTC)")
        ->type_name("TIME");
    command->add_flag("--list", options->is_list, "List the segments there are");
    command
        ->add_option("--segment-mib", options->segment_mib,
                     "A segment is closed before it holds more MiB of blocks, not yet packed")
        ->positive()
        ->at_most(1 << 20)
        ->capture_default_str()
        ->type_name("MIB");
    command->add_flag("--json", options->as_json,
                      "Print one JSON object; with --list, one a segment");
    command->footer(
        R"(A block leaves the journal once its segment is on the disk and was read back. Interrupted or killed, it loses nothing:
run it again. Room in the journal's file is given back to the file system, or, while readers hold it, used again.
A backup of the data directory without DIR/archive is none.

Exit codes:
  0 fine   64 usage   66 no journal   73 no room for the segment: nothing has left the journal   75 a server is running
  76 a segment, or the journal, is damaged   130 stopped

Examples:
  daybook archive --keep 10000000
  daybook archive --before 2026-01-01 --json
  daybook archive --list)");
    command->callback([options, &exit_code] {
        if (options->ways() != 1) {
            exit_code =
                report({ErrorCode::usage,
                        "say how far with one of --to-seq, --keep and --before, or --list"});
            return;
        }
        exit_code = options->is_list ? list_segments(*options) : run_archive(*options);
    });
}

}  // namespace daybook::cli
