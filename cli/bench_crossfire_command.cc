#include <chrono>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "bench/crossfire.h"
#include "bench/figures.h"
#include "cli/bench_output.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "json/line.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

void print_json(const bench::CrossfireReport& report) {
    const auto& tally = report.tally;
    json::Line json;
    json.begin_object()
        .big("commands", report.commands)
        .big("sends", tally.sends)
        .big("accepted", tally.accepted);
    json.begin_object("rejected");
    for (const auto& [code, count] : tally.rejected)
        json.big(name_of_code(code), count);
    json.end_object()
        .big("replays", tally.replays)
        .big("refused_key_reuse", tally.refused_reuse)
        .big("deadlocks", report.deadlocks)
        .big("double_spends", tally.double_spends)
        .big("lost", tally.lost)
        .big("double_effects", tally.double_effects)
        .big("wrong_rejections", tally.wrong_rejections)
        .big("wrong_answers", tally.wrong_answers)
        .big("kills", report.kills)
        .measured("seconds", report.elapsed.count())
        .measured("sends_per_second", report.rate())
        .measured("message_p50_ms", bench::milliseconds_of(report.latency.quantile(0.5)))
        .measured("message_p99_ms", bench::milliseconds_of(report.latency.quantile(0.99)))
        .boolean("is_journal_checked", report.is_journal_checked)
        .boolean("is_fine", report.findings.empty())
        .end_object();
    fmt::print("{}\n", json.str());
}

void print_text(const bench::CrossfireReport& report) {
    const auto& tally = report.tally;
    fmt::print(
        "commands        {}, sent {} times by producers in pairs, {} races for the same money\n",
        report.commands, tally.sends, report.races);
    fmt::print("accepted        {}\n", tally.accepted);
    for (const auto& [code, count] : tally.rejected)
        fmt::print("rejected        {} {}\n", count, name_of_code(code));
    fmt::print("replays         {}\n", tally.replays);
    fmt::print("refused         {} {}\n", tally.refused_reuse,
               name_of(Refusal::idempotency_key_reused));
    if (report.kills != 0) fmt::print("kill -9         {}, and started again\n", report.kills);
    fmt::print("throughput      {:.0f} sends/s, {:.2f} s\n", report.rate(), report.elapsed.count());
    fmt::print("message         p50 {:.1f} ms, p99 {:.1f} ms, max {:.1f} ms\n",
               bench::milliseconds_of(report.latency.quantile(0.5)),
               bench::milliseconds_of(report.latency.quantile(0.99)),
               bench::milliseconds_of(report.latency.max()));
    fmt::print("deadlocks {}, double spends {}, lost {}\n", report.deadlocks, tally.double_spends,
               tally.lost);
    if (tally.wrongs() != tally.lost + tally.double_spends) {
        fmt::print("double effects {}, wrong rejections {}, wrong answers {}\n",
                   tally.double_effects, tally.wrong_rejections, tally.wrong_answers);
    }
    if (!report.is_journal_checked) {
        fmt::print("journal, balances and trial balance not checked: give the server's --data\n");
    } else if (report.findings.empty()) {
        fmt::print("trial balance zero; journal and balances equal the tally\n");
    }
}

int crossfire(Asked<bench::CrossfireOptions>& asked) {
    Result<bench::CrossfireReport> report;
    {
        // Every tenth command and every deposit of a race is sent twice.
        Progress progress{"crossfire",
                          asked.options.shape.commands + asked.options.shape.commands / 10};
        asked.options.on_progress = [&](std::uint64_t done) { progress.look(done); };
        report = bench::run_crossfire(asked.options);
    }
    if (!report) return cli::report(report.error());
    asked.as_json ? print_json(*report) : print_text(*report);
    return exit_code_of(report->findings);
}

}  // namespace

void add_bench_crossfire_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::CrossfireOptions>>();
    auto& options = asked->options;
    options.place.binary = kThisBinary;
    auto* command = bench.add_subcommand(
        "crossfire",
        "Hits the same accounts from all sides at once (crossing transfers, double clicks, races "
        "for the "
        "same money, reused keys) and checks every answer; exit code 1 when one is wrong");
    command->add_option("--users", options.shape.users, "Accounts that fight each other")
        ->capture_default_str();
    command
        ->add_option("--producers", options.shape.producers, "Processes that send; an even number")
        ->capture_default_str();
    command
        ->add_option("--commands", options.shape.commands,
                     "Different commands; a tenth is sent twice")
        ->capture_default_str();
    command->add_option("--batch", options.batch, "Commands a message, 1 to 8190")
        ->capture_default_str();
    command->add_option("--window", options.window, "Messages each keeps in flight")
        ->capture_default_str();
    command->add_option("--seed", options.shape.seed, "Another seed is another plan")
        ->capture_default_str();
    command
        ->add_option("--kill-after", options.kill_after,
                     "Kill its own server (SIGKILL) after so many answers, and start it again")
        ->type_name("ANSWERS");
    add_place_options(*command, options.place);
    add_json_option(*command, asked->as_json);
    command->callback([asked, &exit_code] { exit_code = crossfire(*asked); });
}

}  // namespace daybook::cli
