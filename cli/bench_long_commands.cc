#include <memory>
#include <string>

#include "bench/recovery.h"
#include "bench/sustained.h"
#include "cli/bench_output.h"
#include "cli/commands.h"
#include "cli/parser.h"

namespace daybook::cli {

namespace {

struct SustainedAsked {
    bench::SustainedOptions options;
    std::optional<std::uint64_t> rate;
    std::optional<std::uint64_t> minutes;
    std::optional<std::uint64_t> seconds;
    bool as_json = false;
};

int run(SustainedAsked& asked) {
    auto& options = asked.options;
    // Gigabytes are written as fast as it goes.
    options.rate = asked.rate.value_or(options.gigabytes > 0 ? 0 : options.rate);
    if (asked.minutes) options.seconds = *asked.minutes * 60;
    if (asked.seconds) options.seconds = *asked.seconds;
    Settings settings{{"accounts", std::to_string(options.accounts)},
                      {"batch", std::to_string(options.batch)},
                      {"rate", options.rate == 0 ? "full" : std::to_string(options.rate)}};
    const bool has_size = options.gigabytes > 0;
    if (has_size) {
        settings.emplace_back("until_gigabytes", std::to_string(options.gigabytes));
    } else {
        settings.emplace_back("seconds", std::to_string(options.seconds));
    }
    const std::uint64_t total = has_size ? options.gigabytes * 1000 : options.seconds;
    return measure(has_size ? "megabytes" : "seconds", total, options.place.dir, settings,
                   asked.as_json, [&](const bench::OnProgress& on_progress) {
                       options.on_progress = on_progress;
                       return bench::run_sustained(options);
                   });
}

int run(Asked<bench::RecoveryOptions>& asked) {
    auto& options = asked.options;
    const Settings settings{{"transfers", std::to_string(options.transfers)},
                            {"accounts", std::to_string(options.accounts)}};
    return measure("transfers", options.transfers, options.place.dir, settings, asked.as_json,
                   [&](const bench::OnProgress& on_progress) {
                       options.on_progress = on_progress;
                       return bench::run_recovery(options);
                   });
}

}  // namespace

void add_bench_sustained_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<SustainedAsked>();
    auto& options = asked->options;
    auto* command = bench.add_subcommand(
        "sustained",
        "Measures tenth by tenth whether rate, memory and the projection's lag stay as they are; "
        "exit code 1 when they do not");
    command
        ->add_option("--rate", asked->rate,
                     "Transfers a second; 0 is as fast as it goes. Without it 150000, or as fast "
                     "as it goes with --until-gigabytes")
        ->type_name("RATE");
    command->add_option("--minutes", asked->minutes, "How long; 10 without it")
        ->type_name("MINUTES");
    command->add_option("--seconds", asked->seconds, "The same in seconds")
        ->excludes(command->get_option("--minutes"))
        ->type_name("SECONDS");
    command
        ->add_option("--until-gigabytes", options.gigabytes,
                     "Instead of a time: until the journal has grown by so much")
        ->excludes(command->get_option("--minutes"))
        ->excludes(command->get_option("--seconds"))
        ->type_name("GB");
    command->add_option("--batch", options.batch, "Transfers a message, 1 to 8190")
        ->capture_default_str();
    command->add_option("--window", options.window, "Messages each producer keeps in flight")
        ->capture_default_str();
    command->add_option("--accounts", options.accounts, "Accounts they move between")
        ->capture_default_str();
    command->add_option("--producers", options.producers, "Processes that send")
        ->capture_default_str();
    add_place_options(*command, options.place);
    add_json_option(*command, asked->as_json);
    command->callback([asked, &exit_code] { exit_code = run(*asked); });
}

void add_bench_recovery_command(Subcommand& bench, int& exit_code) {
    auto asked = std::make_shared<Asked<bench::RecoveryOptions>>();
    auto& options = asked->options;
    options.place.binary = kThisBinary;
    auto* command = bench.add_subcommand(
        "recovery",
        "Measures how long a server needs from its start to its first answer: after a good end, "
        "after SIGKILL, and with its state removed");
    command->add_option("--transfers", options.transfers, "Keys the book remembers")
        ->positive()
        ->capture_default_str();
    command->add_option("--accounts", options.accounts, "Accounts it has")->capture_default_str();
    command->add_option("--batch", options.batch, "Transfers a message while it is filled")
        ->capture_default_str();
    command->add_option("--producers", options.producers, "Processes that fill it")
        ->capture_default_str();
    add_dir_option(*command, options.place.dir);
    add_json_option(*command, asked->as_json);
    command->callback([asked, &exit_code] { exit_code = run(*asked); });
}

}  // namespace daybook::cli
