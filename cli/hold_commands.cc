#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/command_options.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/id_text.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/stored_record.h"
#include "json/moment.h"
#include "ledger/command.h"

namespace daybook::cli {

namespace {

struct PlaceOptions {
    CommandOptions common;
    std::string debit;
    std::string credit;
    std::string amount;
    std::string expires_in;
    std::string expires_at;
};

struct HoldOptions {
    CommandOptions common;
    std::string data;
    std::string id;
    std::string account;
    std::optional<std::string> amount;
    bool is_final = false;
};

// None when neither is stated.
Result<Stamp> expiry_of(const PlaceOptions& options) {
    if (!options.expires_at.empty()) return json::parse_moment(options.expires_at);
    if (options.expires_in.empty()) return Stamp{};
    const auto span = json::parse_time_span(options.expires_in);
    if (!span) return std::unexpected{span.error()};
    const std::chrono::nanoseconds now{SystemClock{}.now().nanoseconds()};
    return Stamp{(now + *span).count()};
}

int place(const PlaceOptions& options) {
    const auto expires_at = expiry_of(options);
    if (!expires_at) return report(expires_at.error());
    return send_command(
        options.common, {options.debit, options.credit},
        [&](const ServerFacts& server) -> Result<Command> {
            const auto amount = server.scales.parse(options.debit, options.amount);
            if (!amount) return std::unexpected{amount.error()};
            return PlaceHold{{}, {{}, options.debit}, {{}, options.credit}, *amount, *expires_at};
        });
}

// What the amount of a capture is counted in: what --minor or --account says, else what the data
// directory here knows of the hold.
Result<unsigned> capture_scale(const HoldOptions& options, const ServerFacts& server,
                               EntryId hold) {
    if (options.common.is_minor) return 0U;
    if (!options.account.empty()) return server.scales.of(options.account);
    return scale_of_hold(DataDirectory{options.data}, server.book, hold);
}

int capture(const HoldOptions& options) {
    const auto id = parse_typed_id(options.id);
    if (!id) return report(id.error());
    std::vector<std::string> accounts;
    if (!options.account.empty()) accounts.push_back(options.account);
    return send_command(options.common, accounts,
                        [&](const ServerFacts& server) -> Result<Command> {
                            CaptureHold command{{}, *id, {}, options.is_final};
                            if (!options.amount) return command;
                            const auto scale = capture_scale(options, server, *id);
                            if (!scale) return std::unexpected{scale.error()};
                            const auto amount = parse_typed(*options.amount, *scale);
                            if (!amount) return std::unexpected{amount.error()};
                            command.amount = *amount;
                            return command;
                        });
}

int release(const HoldOptions& options) {
    const auto id = parse_typed_id(options.id);
    if (!id) return report(id.error());
    return send_command(options.common, {}, [&](const ServerFacts&) -> Result<Command> {
        return ReleaseHold{{}, *id};
    });
}

void add_place(Subcommand& hold, int& exit_code) {
    auto options = std::make_shared<PlaceOptions>();
    auto* command = hold.add_subcommand(
        "place",
        "Reserves an amount: it is no longer available to one account, not yet posted to the "
        "other. The receipt names the hold");
    command->add_option("--debit", options->debit, "Account to be debited")
        ->required()
        ->type_name("ACCOUNT");
    command->add_option("--credit", options->credit, "Account to be credited")
        ->required()
        ->type_name("ACCOUNT");
    command->add_option("--amount", options->amount, "In the asset's units, e.g. 12.50")
        ->required()
        ->type_name("AMOUNT");
    auto* span = command->add_option(
        "--expires-in", options->expires_in,
        "Give back what remains after 90s, 30m, 12h or 7d from now; another try is another moment "
        "and so another command, to be repeated with --key state --expires-at");
    span->type_name("SPAN");
    command
        ->add_option("--expires-at", options->expires_at,
                     "Give back what remains then: 2026-03-01 or 2026-03-01T12:00:00Z (default: "
                     "never)")
        ->excludes(span)
        ->type_name("RFC3339");
    add_command_options(*command, options->common);
    span->excludes(command->get_option("--key"));
    command->footer(std::string{R"(Examples:
  daybook hold place --debit users:alice --credit shop:till --amount 80 --expires-in 7d
  daybook hold place --debit users:alice --credit shop:till --amount 80 --key cart-17 \
    --expires-at 2027-03-01T12:00:00Z)"} +
                    std::string{kCommandExitCodes});
    command->callback([options, &exit_code] { exit_code = place(*options); });
}

void add_capture(Subcommand& hold, int& exit_code) {
    auto options = std::make_shared<HoldOptions>();
    auto* command =
        hold.add_subcommand("capture", "Posts what a hold reserved, or a part of it, as an entry");
    command->add_option("ID", options->id, kIdHelp)->required();
    command
        ->add_option("--amount", options->amount,
                     "How much, in the asset's units; the hold is looked up in --data for them "
                     "(default: all that remains)")
        ->type_name("AMOUNT");
    command->add_flag("--final", options->is_final, "Give back what then still remains");
    command
        ->add_option("--account", options->account,
                     "One of the hold's accounts, to know the units of --amount by when the data "
                     "directory is not on this machine")
        ->type_name("ACCOUNT");
    add_data_option(*command, options->data);
    add_command_options(*command, options->common);
    command->footer(std::string{R"(Examples:
  daybook hold capture 1017
  daybook hold capture 1017 --amount 49.90 --final --key cart-17-paid)"} +
                    std::string{kCommandExitCodes});
    command->callback([options, &exit_code] { exit_code = capture(*options); });
}

void add_release(Subcommand& hold, int& exit_code) {
    auto options = std::make_shared<HoldOptions>();
    auto* command =
        hold.add_subcommand("release", "Gives back all that remains of a hold and ends it");
    command->add_option("ID", options->id, kIdHelp)->required();
    add_command_options(*command, options->common);
    command->footer(std::string{R"(Examples:
  daybook hold release 1017
  daybook hold release 1017 --dry-run     # if it has ended: how)"} +
                    std::string{kCommandExitCodes});
    command->callback([options, &exit_code] { exit_code = release(*options); });
}

}  // namespace

void add_hold_commands(Subcommand& app, int& exit_code) {
    auto* hold = app.add_subcommand("hold", "Holds: reserve now, post or give back later");
    hold->require_subcommand(1);
    add_place(*hold, exit_code);
    add_capture(*hold, exit_code);
    add_release(*hold, exit_code);
    add_hold_views(*hold, exit_code);
}

}  // namespace daybook::cli
