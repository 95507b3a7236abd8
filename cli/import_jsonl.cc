#include "cli/import_jsonl.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "export/importer.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

struct ImportJsonl {
    std::vector<std::string> directories;
    std::string data;
    bool as_json = false;
};

void print(const exports::ImportedJournal& imported, const ImportJsonl& options, double seconds) {
    const auto& last = imported.last;
    const auto records = last.to.value();
    if (options.as_json) {
        json::Line line;
        line.begin_object()
            .text("data", options.data)
            .text("book", to_hex(last.book.bytes))
            .big("records", records)
            .big("blocks", imported.blocks)
            .big("head_seq", last.to)
            .text("chain_head", to_hex(last.last_block.hash.bytes))
            .end_object();
        fmt::print("{}\n", line.str());
        return;
    }
    fmt::print("data        {}\n", options.data);
    fmt::print("records     {}\n", records);
    fmt::print("blocks      {}\n", imported.blocks);
    fmt::print("book        {}\n", to_hex(last.book.bytes));
    fmt::print("head seq    {}\n", last.to.value());
    fmt::print("chain head  {} (that of the export)\n", to_hex(last.last_block.hash.bytes));
    fmt::print("seconds     {:.3f} ({:.0f} records/s)\n", seconds,
               static_cast<double>(records) / std::max(seconds, 1e-6));
    fmt::print("next        daybook verify --data {}\n", options.data);
}

int import_jsonl(const ImportJsonl& options) {
    notice_stop_signals();
    const auto begun = std::chrono::steady_clock::now();
    const std::vector<std::filesystem::path> directories{options.directories.begin(),
                                                         options.directories.end()};
    // For the progress alone: what is wrong with a manifest the import says.
    const auto last = exports::read_manifest(directories.back());
    Progress progress{"importing", last ? last->to.value() : 0};
    const auto imported = exports::import_journal(directories, options.data, [&](Seq next) {
        progress.look(next.value());
        return !is_stop_requested();
    });
    if (!imported) {
        const int code = report(imported.error());
        return is_stop_requested() ? exit_code_after_stop() : code;
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    print(*imported, options, seconds.count());
    return kExitFine;
}

}  // namespace

void add_import_jsonl(Subcommand& import, int& exit_code) {
    auto options = std::make_shared<ImportJsonl>();
    auto* command = import.add_subcommand(
        "jsonl",
        "Rebuilds the identical book from its JSONL exports in a new data directory: the same "
        "seqs, "
        "blocks and chain head. Every block's hash is compared; no server may run there");
    command
        ->add_option(
            "DIR", options->directories,
            "Exports that follow each other, from seq 1 on (daybook export --format jsonl)")
        ->required()
        ->type_name("DIR");
    add_data_option(*command, options->data);
    command->add_flag("--json", options->as_json, "Print one JSON object");
    command->footer(R"(Exit codes:
  0 the book is there   65 an export is not as it was; nothing was kept   66 no such export
  73 the data directory is not empty, or cannot be made   130 stopped; nothing was kept

Examples:
  daybook import jsonl archive/0001 archive/0002 --data restored
  daybook verify --data restored)");
    command->callback([options, &exit_code] { exit_code = import_jsonl(*options); });
}

}  // namespace daybook::cli
