#include "cli/import_csv_report.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "export/csv_cell.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

void print_json(const CsvPlan& plan, const CsvTally& tally, bool is_dry_run) {
    json::Line line;
    line.begin_object()
        .boolean("dry_run", is_dry_run)
        .big("rows", plan.rows)
        .big("entries", plan.entries.size())
        .big("postings", plan.postings)
        .big("new_accounts", plan.accounts.size())
        .big("refused", plan.refused.size())
        .big("accepted", tally.accepted)
        .big("replayed", tally.replayed)
        .big("not_tried", tally.not_tried)
        .big("rejected", tally.rejected.size())
        .begin_array("totals");
    for (const auto& [asset, total] : plan.totals) {
        line.begin_object().text("asset", asset).small("scale", total.scale);
        line.amount("debits", total.debits).amount("credits", total.credits).end_object();
    }
    line.end_array();
    if (tally.last != Seq{}) line.big("last_seq", tally.last);
    line.end_object();
    fmt::print("{}\n", line.str());
}

}  // namespace

void print_refused(const std::string& file, const std::vector<RefusedLine>& refused) {
    constexpr std::size_t kMost = 20;
    for (std::size_t i = 0; i < std::min(refused.size(), kMost); ++i) {
        fmt::print(stderr, "{}, line {}: entry '{}': {}\n", file, refused[i].line, refused[i].entry,
                   refused[i].why);
    }
    if (refused.size() > kMost) {
        fmt::print(stderr, "{}: {} more; --refused FILE has them all\n", file,
                   refused.size() - kMost);
    }
}

// Beside, then in its place.
Result<void> write_refused(const std::string& path, const std::vector<RefusedLine>& refused) {
    if (path.empty()) return {};
    std::string text = "line,entry,why\r\n";
    for (const auto& line : refused) {
        text += std::to_string(line.line) + ",";
        exports::append_cell(text, line.entry);
        text += ',';
        exports::append_cell(text, line.why);
        text += exports::kCsvLineEnd;
    }
    const std::string partial = path + ".partial";
    std::ofstream file{partial, std::ios::binary | std::ios::trunc};
    file << text;
    file.close();
    std::error_code problem;
    if (file) std::filesystem::rename(partial, path, problem);
    if (file && !problem) return {};
    std::filesystem::remove(partial, problem);
    return fail(ErrorCode::cannot_create,
                "cannot write '" + path + "'; name another with --refused");
}

void print_tally(const CsvPlan& plan, const CsvTally& tally, bool is_dry_run, bool as_json) {
    if (as_json) return print_json(plan, tally, is_dry_run);
    fmt::print("rows          {}\nentries       {} with {} postings\n", plan.rows,
               plan.entries.size(), plan.postings);
    fmt::print("new accounts  {}\n", plan.accounts.size());
    for (const auto& [asset, total] : plan.totals) {
        fmt::print("total         {} {} on each side\n", to_decimal(total.debits, total.scale),
                   asset);
    }
    fmt::print("refused       {}\n", plan.refused.size());
    if (is_dry_run) {
        fmt::print("not tried     {} (their accounts are opened first)\n", tally.not_tried);
    } else {
        fmt::print("accepted      {}\nreplayed      {} (in the ledger already)\n", tally.accepted,
                   tally.replayed);
    }
    fmt::print("rejected      {}\n", tally.rejected.size());
}

}  // namespace daybook::cli
