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

// How far what is clean is recomputed.
void add_reach(json::Line& line, const exports::ExportCheck& check) {
    line.boolean("has_recomputed_totals", check.has_totals);
    if (check.manifest.format != exports::Format::jsonl) return;
    line.begin_array("not_covered");
    for (const auto& range : check.not_covered) {
        line.begin_object().big("from_seq", range.first).big("to_seq", range.last).end_object();
    }
    line.end_array();
}

std::string_view text_of(exports::Signing signing) {
    switch (signing) {
        case exports::Signing::none:
            return "none: the export agrees with itself, whoever made it";
        case exports::Signing::not_checked:
            return "signed, not checked; name the owner's key with --public-key";
        case exports::Signing::valid:
            return "that of this key's owner";
    }
    return {};
}

void print_reach(const exports::ExportCheck& check) {
    fmt::print("signature   {}\n", text_of(check.signing));
    for (const auto& range : check.not_covered) {
        fmt::print("not proven  seq {} to {} are not covered by a whole block\n",
                   range.first.value(), range.last.value());
    }
    if (check.has_totals) return;
    fmt::print("not proven  {}\n",
               check.manifest.format == exports::Format::camt053
                   ? "the totals of all accounts"
                   : "postings and totals; name the exports before it too, from "
                     "seq 1 on");
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
    line.text("signature", name_of(check.signing));
    if (!check.finding) add_reach(line, check);
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
    if (!check.finding) print_reach(check);
    fmt::print("{}\n", check.finding ? "not clean" : "clean");
}

}  // namespace daybook::cli
