#include <chrono>
#include <cstdint>
#include <memory>

#include <fmt/format.h>

#include "bench/figures.h"
#include "bench/reads.h"
#include "bench/statements.h"
#include "cli/bench_output.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

void add_book_options(Subcommand& command, bench::BookOptions& options, bool& as_json) {
    command.add_option("--records", options.records, "Random transfers to make a journal of")
        ->capture_default_str();
    command.add_option("--accounts", options.accounts, "Accounts they move between")
        ->capture_default_str();
    command
        .add_option("--data", options.data,
                    "Keep the journal here, and use it when there is one; without it, one that is "
                    "thrown away afterwards")
        ->type_name("DIR");
    add_dir_option(command, options.dir);
    add_json_option(command, as_json);
}

void print_json(const bench::ReadsReport& report) {
    json::Line json;
    json.begin_object()
        .big("records", report.head)
        .big("accounts", report.accounts)
        .big("reads", report.reads)
        .measured("reads_per_second", report.rate())
        .measured("single_reads_per_second", report.single_rate())
        .measured("rebuild_seconds", report.rebuild.count())
        .measured("rebuild_records_per_second", report.rebuild_rate())
        .end_object();
    fmt::print("{}\n", json.str());
}

void print_text(const bench::ReadsReport& report) {
    fmt::print("book       {} records, {} accounts\n", report.head.value(), report.accounts);
    fmt::print("reads      {} in {:.2f} s on one core: {:.0f}/s\n", report.reads,
               report.elapsed.count(), report.rate());
    fmt::print("           {:.0f}/s with a view of its own for each\n", report.single_rate());
    fmt::print("rebuild    the projection from the journal in {:.2f} s: {:.0f} records/s\n",
               report.rebuild.count(), report.rebuild_rate());
}

void print_json(const bench::StatementsReport& report) {
    json::Line json;
    json.begin_object()
        .big("records", report.head)
        .big("accounts", report.accounts)
        .big("pages", report.page.count())
        .big("lines", report.lines)
        .measured("page_p50_ms", bench::milliseconds_of(report.page.quantile(0.5)))
        .measured("page_p99_ms", bench::milliseconds_of(report.page.quantile(0.99)))
        .measured("page_max_ms", bench::milliseconds_of(report.page.max()))
        .big("page_records_max", report.page_records_max)
        .big("lookups", report.lookup.count())
        .measured("lookup_p50_ms", bench::milliseconds_of(report.lookup.quantile(0.5)))
        .measured("lookup_p99_ms", bench::milliseconds_of(report.lookup.quantile(0.99)))
        .measured("lookup_max_ms", bench::milliseconds_of(report.lookup.max()))
        .measured("hops_mean", report.hops_mean)
        .big("hops_max", report.hops_max)
        .big("touches_max", report.touches_max)
        .end_object();
    fmt::print("{}\n", json.str());
}

void print_text(const bench::StatementsReport& report) {
    fmt::print("book       {} records, {} accounts, up to {} touches each\n", report.head.value(),
               report.accounts, report.touches_max);
    fmt::print("page       p50 {:.3f} ms, p99 {:.3f} ms, max {:.3f} ms; {} pages, {} lines\n",
               bench::milliseconds_of(report.page.quantile(0.5)),
               bench::milliseconds_of(report.page.quantile(0.99)),
               bench::milliseconds_of(report.page.max()), report.page.count(), report.lines);
    fmt::print("           at most {} records read for one\n", report.page_records_max);
    fmt::print("lookup     p50 {:.3f} ms, p99 {:.3f} ms, max {:.3f} ms; {} balances of the past\n",
               bench::milliseconds_of(report.lookup.quantile(0.5)),
               bench::milliseconds_of(report.lookup.quantile(0.99)),
               bench::milliseconds_of(report.lookup.max()), report.lookup.count());
    fmt::print("           {:.1f} records read for one, at most {}\n", report.hops_mean,
               report.hops_max);
}

// Runs a bench under a progress line and prints its report.
template <typename Report, typename Options>
int measure_reads(Asked<Options>& asked, Result<Report> (*run)(const Options&)) {
    Result<Report> report;
    {
        Progress progress{"making a journal", asked.options.book.records};
        asked.options.book.on_progress = [&](std::uint64_t done) { progress.look(done); };
        report = run(asked.options);
    }
    if (!report) return cli::report(report.error());
    asked.as_json ? print_json(*report) : print_text(*report);
    return kExitFine;
}

void add_reads(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::ReadsOptions>>();
    auto& options = asked->options;
    auto* command = bench.add_subcommand(
        "reads", "Measures balance reads a second on one core, and rebuilding the projection");
    command->add_option("--reads", options.reads, "How many to measure, after a warm-up")
        ->positive()
        ->capture_default_str();
    command
        ->add_option("--reads-a-view", options.reads_a_view,
                     "How many see the same consistent cut of the book")
        ->positive()
        ->capture_default_str();
    add_book_options(*command, options.book, asked->as_json);
    command->callback([asked, &exit_code] { exit_code = measure_reads(*asked, bench::run_reads); });
}

void add_statements(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::StatementsOptions>>();
    auto& options = asked->options;
    auto* command = bench.add_subcommand(
        "statements",
        "Measures pages of statements and balances of the past, the second time over the same "
        "places");
    command->add_option("--pages", options.pages, "Pages of random accounts, half of them newest")
        ->positive()
        ->capture_default_str();
    command->add_option("--lines", options.lines, "Lines a page")
        ->positive()
        ->capture_default_str();
    command->add_option("--lookups", options.lookups, "Balances of random accounts at random seqs")
        ->positive()
        ->capture_default_str();
    add_book_options(*command, options.book, asked->as_json);
    command->callback(
        [asked, &exit_code] { exit_code = measure_reads(*asked, bench::run_statements); });
}

}  // namespace

void add_bench_read_commands(Subcommand& bench, int& exit_code) {
    add_reads(bench, exit_code);
    add_statements(bench, exit_code);
}

}  // namespace daybook::cli
