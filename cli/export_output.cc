#include "cli/export_output.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/bytes.h"
#include "export/fork_text.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

void add_fields(json::Line& line, const exports::Manifest& manifest, const std::string& directory) {
    line.text("directory", directory)
        .text("format", name_of(manifest.format))
        .text("book", to_hex(manifest.book.bytes));
    exports::write_origin(line, manifest.origin);
    line.big("from_seq", manifest.from)
        .big("to_seq", manifest.to)
        .big("records", manifest.counts.records)
        .big("postings", manifest.counts.postings)
        .text("chain_head", to_hex(manifest.last_block.hash.bytes));
}

void print_fields(const exports::Manifest& manifest, const std::string& directory) {
    const auto& counts = manifest.counts;
    fmt::print("directory   {}\n", directory);
    fmt::print("format      {}\n", name_of(manifest.format));
    fmt::print("cut         seq {} to {}\n", manifest.from.value(), manifest.to.value());
    fmt::print("records     {} ({} accepted, {} rejected)\n", counts.records, counts.accepted,
               counts.rejected);
    fmt::print("postings    {}\n", counts.postings);
    for (const auto& totals : manifest.totals) {
        fmt::print("posted      {} {} on each side\n", to_decimal(totals.debits, totals.scale),
                   totals.asset);
    }
    fmt::print("book        {}\n", to_hex(manifest.book.bytes));
    if (manifest.origin) fmt::print("fork of     {}\n", exports::describe(*manifest.origin));
    fmt::print("chain head  {}\n", to_hex(manifest.last_block.hash.bytes));
    for (const auto& file : manifest.files) {
        fmt::print("file        {} ({} bytes, sha256 {})\n", file.name, file.bytes,
                   to_hex(file.sha256.bytes));
    }
}

}  // namespace

std::string export_json(const exports::Manifest& manifest, const std::string& directory) {
    json::Line line;
    line.begin_object();
    add_fields(line, manifest, directory);
    line.end_object();
    return line.str();
}

void print_export(const exports::Manifest& manifest, const std::string& directory, double seconds) {
    print_fields(manifest, directory);
    fmt::print("seconds     {:.3f} ({:.0f} records/s)\n", seconds,
               static_cast<double>(manifest.counts.records) / std::max(seconds, 1e-6));
}

std::string check_json(const exports::ExportCheck& check, const std::string& directory) {
    json::Line line;
    line.begin_object().boolean("is_clean", !check.finding);
    if (const auto& finding = check.finding) {
        line.begin_object("finding").text("file", finding->file);
        if (finding->line != 0) line.big("line", finding->line);
        if (finding->seq != Seq{}) line.big("seq", finding->seq);
        line.text("what", finding->what);
        if (finding->stored != finding->recomputed) {
            line.text("stored", finding->stored).text("recomputed", finding->recomputed);
        }
        line.end_object();
    }
    add_fields(line, check.manifest, directory);
    line.end_object();
    return line.str();
}

void print_check(const exports::ExportCheck& check, const std::string& directory) {
    if (const auto& finding = check.finding) {
        std::string place = finding->file;
        if (finding->line != 0) place += fmt::format(", line {}", finding->line);
        if (finding->seq != Seq{}) place += fmt::format(", seq {}", finding->seq.value());
        fmt::print("FINDING in {}: {}\n", place, finding->what);
        if (finding->stored != finding->recomputed) {
            fmt::print("  stored      {}\n  recomputed  {}\n", finding->stored,
                       finding->recomputed);
        }
    }
    print_fields(check.manifest, directory);
    fmt::print("{}\n", check.finding ? "not clean" : "clean");
}

}  // namespace daybook::cli
