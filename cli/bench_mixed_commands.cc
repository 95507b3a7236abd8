#include <memory>
#include <string>

#include "bench/contention.h"
#include "bench/holds.h"
#include "cli/bench_output.h"
#include "cli/commands.h"
#include "cli/parser.h"

namespace daybook::cli {

namespace {

int run(Asked<bench::HoldsOptions>& asked) {
    auto& options = asked.options;
    const Settings settings{{"commands", std::to_string(options.commands)},
                            {"share", std::to_string(options.share)},
                            {"accounts", std::to_string(options.accounts)},
                            {"batch", std::to_string(options.batch)}};
    return measure("commands", options.commands, options.place.dir, settings, asked.as_json,
                   [&](const bench::OnProgress& on_progress) {
                       options.on_progress = on_progress;
                       return bench::run_holds(options);
                   });
}

int run(Asked<bench::ContentionOptions>& asked) {
    auto& load = asked.options.load;
    const Settings settings{{"transfers", std::to_string(load.transfers)},
                            {"few", std::to_string(asked.options.few)},
                            {"accounts", std::to_string(load.accounts)},
                            {"batch", std::to_string(load.batch)}};
    return measure("transfers", load.transfers, load.place.dir, settings, asked.as_json,
                   [&](const bench::OnProgress& on_progress) {
                       load.on_progress = on_progress;
                       return bench::run_contention(asked.options);
                   });
}

}  // namespace

void add_bench_holds_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::HoldsOptions>>();
    auto& options = asked->options;
    auto* command = bench.add_subcommand(
        "holds",
        "Measures transfers among holds placed, captured, released and left to expire, and checks "
        "what is held at the end");
    command
        ->add_option("--commands", options.commands, "How many to measure a run, after a warm-up")
        ->positive()
        ->capture_default_str();
    command->add_option("--share", options.share, "Of them place or settle a hold, in percent")
        ->capture_default_str()
        ->type_name("PERCENT");
    command
        ->add_option("--expire-after", options.expire_ms,
                     "Holds that are left to it (a tenth) expire after so long, in ms")
        ->capture_default_str()
        ->type_name("MS");
    command->add_option("--accounts", options.accounts, "Accounts they are between")
        ->capture_default_str();
    command->add_option("--batch", options.batch, "Commands a message, 1 to 8190")
        ->capture_default_str();
    command->add_option("--window", options.window, "Messages each producer keeps in flight")
        ->capture_default_str();
    command->add_option("--producers", options.producers, "Processes that send")
        ->capture_default_str();
    command->add_option("--runs", options.runs, "Runs")->positive()->capture_default_str();
    add_place_options(*command, options.place);
    add_json_option(*command, asked->as_json);
    command->callback([asked, &exit_code] { exit_code = run(*asked); });
}

void add_bench_contention_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::ContentionOptions>>();
    auto& options = asked->options;
    auto& load = options.load;
    auto* command = bench.add_subcommand(
        "contention", "Measures the same transfers between few accounts and many, by turns");
    command->add_option("--few", options.few, "Few accounts")->capture_default_str();
    command->add_option("--accounts", load.accounts, "Many accounts")->capture_default_str();
    command->add_option("--transfers", load.transfers, "How many to measure, with each, a run")
        ->positive()
        ->capture_default_str();
    command->add_option("--batch", load.batch, "Transfers a message, 1 to 8190")
        ->capture_default_str();
    command->add_option("--clients", load.clients, "Instead: so many clients that wait for answers")
        ->type_name("COUNT");
    command->add_option("--runs", load.runs, "Runs of both, by turns")
        ->positive()
        ->capture_default_str();
    add_place_options(*command, load.place);
    add_json_option(*command, asked->as_json);
    command->callback([asked, &exit_code] { exit_code = run(*asked); });
}

}  // namespace daybook::cli
