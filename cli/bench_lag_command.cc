#include <chrono>
#include <memory>

#include <fmt/format.h>

#include "bench/lag.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"

namespace daybook::cli {

namespace {

// Whatever name it was started by.
constexpr auto kThisBinary = "/proc/self/exe";

struct Asked {
    bench::LagOptions options;
    std::uint64_t pause_ms = 10;
    bool as_json = false;
};

double milliseconds_of(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::milli>{duration}.count();
}

void print_json(const bench::LagReport& report) {
    JsonLine json;
    json.begin_object();
    for (const auto& [name, lags] :
         {std::pair{"at_rest", &report.at_rest}, std::pair{"under_load", &report.under_load()}}) {
        json.begin_object(name)
            .big("samples", lags->count())
            .measured("p50_ms", milliseconds_of(lags->quantile(0.5)))
            .measured("p99_ms", milliseconds_of(lags->quantile(0.99)))
            .measured("max_ms", milliseconds_of(lags->max()))
            .end_object();
    }
    json.measured("load_transfers_per_second", report.load.rate())
        .boolean("is_fine", report.load.findings.empty())
        .end_object();
    fmt::print("{}\n", json.str());
}

void print_text(const bench::LagReport& report) {
    const auto print = [](const char* name, const bench::Histogram& lags) {
        fmt::print("{} p50 {:.1f} ms, p99 {:.1f} ms, max {:.1f} ms; {} samples\n", name,
                   milliseconds_of(lags.quantile(0.5)), milliseconds_of(lags.quantile(0.99)),
                   milliseconds_of(lags.max()), lags.count());
    };
    print("at rest         ", report.at_rest);
    print("under full load ", report.under_load());
    fmt::print("load             {:.0f} transfers/s\n", report.load.rate());
}

int measure(Asked& asked) {
    Result<bench::LagReport> report;
    {
        Progress progress{"transfers", asked.options.load.transfers};
        asked.options.load.on_progress = [&](std::uint64_t done) { progress.look(done); };
        asked.options.pause = std::chrono::milliseconds{asked.pause_ms};
        report = bench::run_lag(asked.options);
    }
    if (!report) return cli::report(report.error());
    asked.as_json ? print_json(*report) : print_text(*report);
    for (const auto& finding : report->load.findings)
        fmt::print(stderr, "daybook: {}\n", finding);
    return report->load.findings.empty() ? kExitFine : kExitFinding;
}

}  // namespace

void add_bench_lag_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked>();
    auto& options = asked->options;
    options.load.binary = kThisBinary;
    auto* command = bench.add_subcommand(
        "lag",
        "Measures how long after it is durable a command shows in the projection, at rest and "
        "under the load of `bench transfers`");
    command->add_option("--posts", options.posts, "Single commands at rest")
        ->positive()
        ->capture_default_str();
    command->add_option("--pause", asked->pause_ms, "Between them, in ms")
        ->capture_default_str()
        ->type_name("MS");
    command->add_option("--transfers", options.load.transfers, "Transfers under load")
        ->positive()
        ->capture_default_str();
    command->add_option("--accounts", options.load.accounts, "Accounts they move between")
        ->capture_default_str();
    command->add_option("--dir", options.load.dir, "Where data to be thrown away is kept meanwhile")
        ->capture_default_str()
        ->type_name("DIR");
    command->add_flag("--json", asked->as_json, "Print one JSON object");
    command->callback([asked, &exit_code] { exit_code = measure(*asked); });
}

}  // namespace daybook::cli
