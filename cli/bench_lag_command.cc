#include <chrono>
#include <memory>
#include <string>

#include "bench/lag.h"
#include "cli/bench_output.h"
#include "cli/commands.h"
#include "cli/parser.h"

namespace daybook::cli {

namespace {

struct LagAsked {
    bench::LagOptions options;
    std::uint64_t pause_ms = 10;
    bool as_json = false;
};

int run(LagAsked& asked) {
    auto& load = asked.options.load;
    asked.options.pause = std::chrono::milliseconds{asked.pause_ms};
    return measure("transfers", load.transfers, load.place.dir,
                   {{"transfers", std::to_string(load.transfers)}}, asked.as_json,
                   [&](const bench::OnProgress& on_progress) {
                       load.on_progress = on_progress;
                       return bench::run_lag(asked.options);
                   });
}

}  // namespace

void add_bench_lag_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<LagAsked>();
    auto& options = asked->options;
    options.load.place.binary = kThisBinary;
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
    add_dir_option(*command, options.load.place.dir);
    add_json_option(*command, asked->as_json);
    command->callback([asked, &exit_code] { exit_code = run(*asked); });
}

}  // namespace daybook::cli
