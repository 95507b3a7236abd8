#include "bench/table_rows.h"

#include <utility>

#include "bench/contention.h"
#include "bench/keys.h"
#include "bench/reads.h"
#include "bench/recovery.h"
#include "bench/statements.h"
#include "bench/sustained.h"
#include "bench/transfers.h"

namespace daybook::bench {

namespace {

Limit least(std::string figure, double bound, std::string text) {
    return {std::move(figure), true, bound, std::move(text)};
}
Limit most(std::string figure, double bound, std::string text) {
    return {std::move(figure), false, bound, std::move(text)};
}

Place place_of(const TableOptions& options) {
    return {.endpoint = {}, .data = {}, .dir = options.dir, .binary = options.binary};
}

// Full size, and when it has to be quick.
struct Size {
    std::uint64_t full;
    std::uint64_t quick;
    std::uint64_t of(const TableOptions& options) const { return options.is_quick ? quick : full; }
};

using Measure = std::function<Result<Report>(const TableOptions&)>;

Measure transfers(Size size, Size accounts, std::size_t batch, std::size_t window) {
    return [=](const TableOptions& options) {
        return run_transfers({.place = place_of(options),
                              .batch = batch,
                              .accounts = accounts.of(options),
                              .transfers = size.of(options),
                              .window = window,
                              .runs = options.runs,
                              .on_progress = {}});
    };
}

Measure clients(Size size, std::size_t count, std::size_t window) {
    return [=](const TableOptions& options) {
        return run_transfers({.place = place_of(options),
                              .transfers = size.of(options),
                              .window = window,
                              .clients = count,
                              .runs = options.runs,
                              .on_progress = {}});
    };
}

Result<Report> contention(const TableOptions& options) {
    ContentionOptions asked;
    asked.load.place = place_of(options);
    asked.load.transfers = Size{5'000'000, 300'000}.of(options);
    asked.load.runs = options.runs;
    return run_contention(asked);
}

Result<Report> sustained(const TableOptions& options) {
    return run_sustained({.place = place_of(options),
                          .rate = Size{150'000, 50'000}.of(options),
                          .seconds = Size{600, 5}.of(options),
                          .on_progress = {}});
}

Result<Report> sustained_full_speed(const TableOptions& options) {
    return run_sustained({.place = place_of(options),
                          .batch = 8190,
                          .rate = 0,
                          .gigabytes = Size{40, 1}.of(options),
                          .on_progress = {}});
}

Result<Report> recovery(const TableOptions& options) {
    return run_recovery({.place = place_of(options),
                         .transfers = Size{100'000'000, 300'000}.of(options),
                         .accounts = Size{10'000'000, 10'000}.of(options),
                         .on_progress = {}});
}

Result<Report> keys(const TableOptions& options) {
    KeysOptions asked;
    asked.keys = Size{100'000'000, 1'000'000}.of(options);
    asked.tree_keys_max = 1;
    asked.dir = options.dir;
    const auto rows = run_keys(asked);
    if (!rows) return std::unexpected{rows.error()};
    Report report{.workload = "keys", .runs = {}};
    Figures figures;
    for (const auto& row : *rows) {
        if (row.index != "runs") continue;
        figures.add(row.order + "_memory_bytes_per_key", row.memory_bytes_per_key);
    }
    report.runs.push_back(std::move(figures));
    return report;
}

Result<Report> reads(const TableOptions& options) {
    ReadsOptions asked;
    asked.book.dir = options.dir;
    asked.book.records = Size{1'000'000, 50'000}.of(options);
    asked.reads = Size{5'000'000, 500'000}.of(options);
    Report report{.workload = "reads", .runs = {}};
    for (unsigned i = 0; i < options.runs; ++i) {
        const auto measured = run_reads(asked);
        if (!measured) return std::unexpected{measured.error()};
        Figures figures;
        figures.add("reads_per_second", measured->rate());
        report.runs.push_back(std::move(figures));
    }
    return report;
}

Result<Report> statements(const TableOptions& options) {
    StatementsOptions asked;
    asked.book.dir = options.dir;
    asked.book.records = Size{10'000'000, 100'000}.of(options);
    if (options.is_quick) asked.book.accounts = 100;
    asked.pages = Size{20'000, 2000}.of(options);
    asked.lookups = asked.pages;
    const auto measured = run_statements(asked);
    if (!measured) return std::unexpected{measured.error()};
    Figures figures;
    figures.add_latency("page", measured->page);
    Report report{.workload = "statements", .runs = {}};
    report.runs.push_back(std::move(figures));
    return report;
}

std::vector<BudgetRow> rows_of_transfers() {
    const std::string rate = "transfers_per_second";
    const std::string append = "bare_append_per_second";
    const std::string share = "share_of_bare_append";
    const Size many{5'000'000, 400'000};
    const std::vector<Limit> full{least(rate, 1e6, ">= 1.0M/s"),
                                  least(share, 0.6, ">= 0.6 of a bare append")};
    return {
        {"batches", "batches of 8190, 10k accounts", rate, append, share, full,
         transfers(many, {10'000, 10'000}, 8190, 4)},
        {"batches-1m", "batches of 8190, 1M accounts", rate, append, share, full,
         transfers(many, {1'000'000, 50'000}, 8190, 4)},
        {"batches-100",
         "batches of 100",
         rate,
         append,
         share,
         {least(rate, 0.6e6, ">= 0.6M/s")},
         transfers({3'000'000, 200'000}, {10'000, 10'000}, 100, 32)},
        {"singles",
         "single-command messages, windowed",
         rate,
         "bare_echo_per_second",
         "share_of_bare_echo",
         {least(rate, 0.25e6, ">= 0.25M/s")},
         clients({1'000'000, 20'000}, 64, 16)},
        {"clients-64",
         "64 closed-loop clients",
         rate,
         "bare_echo_per_second",
         "share_of_bare_echo",
         {least("share_of_bare_echo", 0.5, ">= 0.5 of a bare echo")},
         clients({300'000, 5000}, 64, 1)},
        {"client-1",
         "one closed-loop client",
         "message_p50_ms",
         "bare_commit_p50_ms",
         "p50_by_bare_commit",
         {most("p50_by_bare_commit", 2, "<= 2 x a bare commit")},
         clients({20'000, 500}, 1, 1)},
        {"contention",
         "10 accounts beside 10k",
         "few_accounts_per_second",
         "many_accounts_per_second",
         "few_by_many",
         {least("few_by_many", 0.9, ">= 0.9 of 10k")},
         contention},
    };
}

}  // namespace

std::vector<BudgetRow> budget_rows() {
    auto rows = rows_of_transfers();
    const std::vector<Limit> flat{
        least("last_tenth_by_first", 0.9, "last tenth >= 0.9 of the first"),
        most("lag_at_end_ms", 1000, "lag at the end <= 1 s")};
    std::vector<BudgetRow> others{
        {"sustained", "10 minutes at 150k/s", "transfers_per_second", "", "last_tenth_by_first",
         flat, sustained},
        {"sustained-40gb", "full speed until 40 GB", "transfers_per_second", "",
         "last_tenth_by_first", flat, sustained_full_speed},
        {"recovery",
         "100M keys, 10M accounts",
         "start_after_kill_seconds",
         "",
         "fill_last_tenth_by_first",
         {most("start_after_kill_seconds", 30, "start <= 30 s"),
          most("start_after_stop_seconds", 30, "after a good end too"),
          least("fill_last_tenth_by_first", 0.8, "last tenth >= 0.8 of the first")},
         recovery},
        {"keys",
         "memory of 100M keys",
         "time_memory_bytes_per_key",
         "",
         "",
         {most("time_memory_bytes_per_key", 4, "<= 4 bytes a key"),
          most("random_memory_bytes_per_key", 4, "random ones too")},
         keys},
        {"reads",
         "balance read, local reader",
         "reads_per_second",
         "",
         "",
         {least("reads_per_second", 1e6, ">= 1M/s a core")},
         reads},
        {"statements",
         "page of 50 lines, 10M records",
         "page_p99_ms",
         "",
         "",
         {most("page_p99_ms", 2, "p99 <= 2 ms")},
         statements},
    };
    for (auto& row : others)
        rows.push_back(std::move(row));
    return rows;
}

}  // namespace daybook::bench
