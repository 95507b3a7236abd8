#include <memory>
#include <string>

#include "bench/cost.h"
#include "cli/bench_output.h"
#include "cli/commands.h"
#include "cli/parser.h"

namespace daybook::cli {

namespace {

int run(Asked<bench::CostOptions>& asked) {
    auto& options = asked.options;
    const Settings settings{{"transfers", std::to_string(options.transfers)},
                            {"accounts", std::to_string(options.accounts)},
                            {"messages_per_block", std::to_string(options.messages_per_block)}};
    return measure("transfers", options.transfers, options.dir, settings, asked.as_json,
                   [&](const bench::OnProgress& on_progress) {
                       options.on_progress = on_progress;
                       return bench::run_cost(options);
                   });
}

}  // namespace

void add_bench_cost_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::CostOptions>>();
    auto& options = asked->options;
    auto* command = bench.add_subcommand(
        "cost", "Measures what each step of a transfer costs on one thread, in nanoseconds");
    command->add_option("--transfers", options.transfers, "How many to measure, a run")
        ->positive()
        ->capture_default_str();
    command->add_option("--accounts", options.accounts, "Accounts they move between")
        ->capture_default_str();
    command
        ->add_option("--messages-per-block", options.messages_per_block,
                     "Messages of 8190 transfers a block, 1 to 4")
        ->capture_default_str();
    command->add_option("--runs", options.runs, "Runs")->positive()->capture_default_str();
    add_dir_option(*command, options.dir);
    add_json_option(*command, asked->as_json);
    command->callback([asked, &exit_code] { exit_code = run(*asked); });
}

}  // namespace daybook::cli
