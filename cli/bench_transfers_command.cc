#include <memory>
#include <string>

#include "bench/transfers.h"
#include "cli/bench_output.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/parser.h"

namespace daybook::cli {

namespace {

struct TransfersAsked {
    bench::TransfersOptions options;
    std::string distribution = "uniform";
    bool has_no_floor = false;
    bool as_json = false;
};

Settings settings_of(const TransfersAsked& asked) {
    const auto& options = asked.options;
    Settings settings{{"transfers", std::to_string(options.transfers)},
                      {"accounts", std::to_string(options.accounts)},
                      {"distribution", asked.distribution}};
    if (options.clients > 0) {
        settings.emplace_back("clients", std::to_string(options.clients));
    } else {
        settings.emplace_back("batch", std::to_string(options.batch));
    }
    if (options.window > 0) settings.emplace_back("window", std::to_string(options.window));
    settings.emplace_back("producers", std::to_string(options.producers));
    if (options.rate > 0) settings.emplace_back("rate", std::to_string(options.rate));
    return settings;
}

int run(TransfersAsked& asked) {
    auto& options = asked.options;
    const auto distribution = bench::parse_distribution(asked.distribution);
    if (!distribution) {
        return report({ErrorCode::usage,
                       "--distribution is uniform, zipf or hot, not '" + asked.distribution + "'"});
    }
    options.distribution = *distribution;
    options.has_floor = !asked.has_no_floor;
    return measure("transfers", options.transfers, options.place.dir, settings_of(asked),
                   asked.as_json, [&](const bench::OnProgress& on_progress) {
                       options.on_progress = on_progress;
                       return bench::run_transfers(options);
                   });
}

void add_load_options(Subcommand& command, bench::TransfersOptions& options) {
    command.add_option("--batch", options.batch, "Transfers a message, 1 to 8190")
        ->capture_default_str();
    command
        .add_option("--clients", options.clients,
                    "Instead of batches: so many clients, each with a connection of its own, one "
                    "transfer a message")
        ->type_name("COUNT");
    command
        .add_option("--window", options.window,
                    "Messages in flight, at most 32: each producer's, without it 4; each client's, "
                    "without it 1, so that it waits for every answer")
        ->type_name("MESSAGES");
    command.add_option("--producers", options.producers, "Processes that send")
        ->capture_default_str();
    command
        .add_option("--rate", options.rate,
                    "Transfers a second in all; a message's time counts from when it was due. "
                    "Without it, as fast as it goes")
        ->type_name("RATE");
}

}  // namespace

void add_bench_transfers_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<TransfersAsked>();
    auto& options = asked->options;
    auto* command = bench.add_subcommand(
        "transfers",
        "Measures durable transfers a second beside what bare LMDB, bare ZeroMQ and the disk do "
        "with the same bytes in the same run");
    command
        ->add_option("--transfers", options.transfers, "How many to measure a run, after a warm-up")
        ->positive()
        ->capture_default_str();
    command->add_option("--accounts", options.accounts, "Accounts they move between")
        ->capture_default_str();
    command
        ->add_option("--distribution", asked->distribution,
                     "uniform, zipf (few accounts have most transfers), or hot (one account is in "
                     "all of them)")
        ->capture_default_str()
        ->type_name("NAME");
    add_load_options(*command, options);
    command->add_option("--runs", options.runs, "Runs, each followed by its floor")
        ->positive()
        ->capture_default_str();
    command->add_flag("--no-floor", asked->has_no_floor, "Only the transfers");
    add_place_options(*command, options.place);
    add_json_option(*command, asked->as_json);
    command->callback([asked, &exit_code] { exit_code = run(*asked); });
}

}  // namespace daybook::cli
