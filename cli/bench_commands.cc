#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "bench/crossfire.h"
#include "bench/transfers.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/json.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/progress.h"
#include "ledger/outcome.h"

namespace daybook::cli {

namespace {

// Whatever name it was started by.
constexpr auto kThisBinary = "/proc/self/exe";

double milliseconds_of(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::milli>{duration}.count();
}

template <typename Options>
struct Asked {
    Options options;
    bool as_json = false;
};

template <typename Options>
void add_place_options(Subcommand& command, Asked<Options>& asked) {
    command
        .add_option("--connect", asked.options.endpoint,
                    "A running server; without it, one of its own on data thrown away afterwards")
        ->type_name("ENDPOINT");
    command
        .add_option("--data", asked.options.data,
                    "The running server's data directory, to check it from outside")
        ->needs("--connect")
        ->type_name("DIR");
    command
        .add_option("--dir", asked.options.dir, "Where data to be thrown away is kept meanwhile")
        ->capture_default_str()
        ->type_name("DIR");
    command.add_flag("--json", asked.as_json, "Print one JSON object");
}

int exit_code_of(const std::vector<std::string>& findings) {
    for (const auto& finding : findings)
        fmt::print(stderr, "daybook: {}\n", finding);
    return findings.empty() ? kExitFine : kExitFinding;
}

void print_json(const bench::TransfersReport& report) {
    JsonLine json;
    json.begin_object()
        .big("transfers", report.transfers)
        .measured("seconds", report.elapsed.count())
        .measured("transfers_per_second", report.rate())
        .measured("first_tenth_per_second", report.first_tenth_rate)
        .measured("last_tenth_per_second", report.last_tenth_rate)
        .measured("message_p50_ms", milliseconds_of(report.latency.quantile(0.5)))
        .measured("message_p99_ms", milliseconds_of(report.latency.quantile(0.99)))
        .measured("message_max_ms", milliseconds_of(report.latency.max()))
        .measured("producers_cpu_seconds", report.producers_cpu_seconds);
    if (report.server_cpu_seconds) json.measured("server_cpu_seconds", *report.server_cpu_seconds);
    if (report.floor_rate) {
        json.measured("journal_bytes_per_transfer", report.journal_bytes_per_transfer.value_or(0))
            .measured("transfers_per_block", report.transfers_per_block.value_or(0))
            .measured("floor_transfers_per_second", *report.floor_rate)
            .measured("floor_share", report.rate() / *report.floor_rate);
    }
    json.boolean("is_fine", report.findings.empty()).end_object();
    fmt::print("{}\n", json.str());
}

void print_text(const bench::TransfersReport& report) {
    fmt::print("transfers       {} durable in {:.2f} s: {:.0f}/s\n", report.transfers,
               report.elapsed.count(), report.rate());
    fmt::print("flat?           first tenth {:.0f}/s, last tenth {:.0f}/s\n",
               report.first_tenth_rate, report.last_tenth_rate);
    fmt::print("message         p50 {:.1f} ms, p99 {:.1f} ms, max {:.1f} ms\n",
               milliseconds_of(report.latency.quantile(0.5)),
               milliseconds_of(report.latency.quantile(0.99)),
               milliseconds_of(report.latency.max()));
    fmt::print("cpu             producers {:.2f} s", report.producers_cpu_seconds);
    if (report.server_cpu_seconds) fmt::print(", server {:.2f} s", *report.server_cpu_seconds);
    fmt::print("\n");
    if (report.floor_rate) {
        fmt::print("journal         {:.1f} bytes a transfer, {:.0f} transfers a block\n",
                   report.journal_bytes_per_transfer.value_or(0),
                   report.transfers_per_block.value_or(0));
        fmt::print(
            "floor           {:.0f}/s by a bare LMDB append of the same bytes; this is {:.1f} % of "
            "it\n",
            *report.floor_rate, 100 * report.rate() / *report.floor_rate);
    } else {
        fmt::print("floor           not measured: give the server's --data\n");
    }
    fmt::print("head and books  {}\n",
               report.findings.empty() ? "as sent, trial balance zero" : "NOT as sent");
}

int transfers(Asked<bench::TransfersOptions>& asked) {
    Result<bench::TransfersReport> report;
    {
        Progress progress{"transfers", asked.options.transfers};
        asked.options.on_progress = [&](std::uint64_t done) { progress.look(done); };
        report = bench::run_transfers(asked.options);
    }
    if (!report) return cli::report(report.error());
    asked.as_json ? print_json(*report) : print_text(*report);
    return exit_code_of(report->findings);
}

void add_transfers(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::TransfersOptions>>();
    auto& options = asked->options;
    options.binary = kThisBinary;
    auto* command = bench.add_subcommand(
        "transfers",
        "Measures durable transfers a second beside a bare LMDB append of the same bytes");
    command->add_option("--batch", options.batch, "Transfers a message, 1 to 8190")
        ->capture_default_str();
    command->add_option("--accounts", options.accounts, "Accounts they move between")
        ->capture_default_str();
    command->add_option("--transfers", options.transfers, "How many to measure, after a warm-up")
        ->capture_default_str();
    command->add_option("--producers", options.producers, "Processes that send")
        ->capture_default_str();
    command->add_option("--window", options.window, "Messages each keeps in flight")
        ->capture_default_str();
    add_place_options(*command, *asked);
    command->callback([asked, &exit_code] { exit_code = transfers(*asked); });
}

void print_json(const bench::CrossfireReport& report) {
    const auto& tally = report.tally;
    JsonLine json;
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
        .measured("message_p50_ms", milliseconds_of(report.latency.quantile(0.5)))
        .measured("message_p99_ms", milliseconds_of(report.latency.quantile(0.99)))
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
               milliseconds_of(report.latency.quantile(0.5)),
               milliseconds_of(report.latency.quantile(0.99)),
               milliseconds_of(report.latency.max()));
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

void add_crossfire(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::CrossfireOptions>>();
    auto& options = asked->options;
    options.binary = kThisBinary;
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
    add_place_options(*command, *asked);
    command->callback([asked, &exit_code] { exit_code = crossfire(*asked); });
}

}  // namespace

void add_bench_commands(Subcommand& app, int& exit_code) {
    auto* bench = app.add_subcommand("bench", "Measures, and checks what it measures");
    bench->require_subcommand(1);
    add_transfers(*bench, exit_code);
    add_crossfire(*bench, exit_code);
    add_bench_read_commands(*bench, exit_code);
    add_bench_keys_command(*bench, exit_code);
    add_bench_lag_command(*bench, exit_code);
}

}  // namespace daybook::cli
