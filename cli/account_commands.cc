#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/client_options.h"
#include "cli/command_options.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "gateway/command_client.h"
#include "gateway/key.h"
#include "ledger/amount.h"

namespace daybook::cli {

namespace {

struct DefineOptions {
    std::string endpoint;
    std::string key;
    std::string code;
    unsigned scale = 2;
    bool as_json = false;
};

struct OpenOptions {
    std::string endpoint;
    std::string key;
    std::string code;
    std::string asset;
    std::string type = "liability";
    std::optional<std::string> min;
    std::optional<std::string> max;
    bool as_json = false;
};

int send(const std::string& endpoint, const Command& command, bool as_json) {
    gateway::ClientOptions options;
    options.endpoint = endpoint;
    const auto client = gateway::CommandClient::connect(options);
    if (!client) return report(client.error());
    const auto receipt = (*client)->execute(command);
    if (!receipt) return report(with_key(receipt.error(), key_of(command)));
    return print_receipt(*receipt, key_of(command), as_json);
}

int define(const DefineOptions& options) {
    const auto key = choose_key(options.key);
    if (!key) return report(key.error());
    return send(options.endpoint, DefineAsset{*key, options.code, options.scale}, options.as_json);
}

Result<std::optional<SignedAmount>> parse_limit(const std::optional<std::string>& text) {
    if (!text) return std::optional<SignedAmount>{};
    const auto limit = parse_signed_amount(*text);
    if (!limit) {
        return fail(ErrorCode::usage,
                    "'" + *text + "' is not a limit: give minor units, e.g. 0 or -5000");
    }
    return limit;
}

int open(const OpenOptions& options) {
    const auto key = choose_key(options.key);
    if (!key) return report(key.error());
    const auto type = parse_account_type(options.type);
    if (!type) {
        return report(
            {ErrorCode::usage, "'" + options.type +
                                   "' is not an account type: use asset, liability, equity, "
                                   "income or expense"});
    }
    const auto min = parse_limit(options.min);
    if (!min) return report(min.error());
    const auto max = parse_limit(options.max);
    if (!max) return report(max.error());
    return send(options.endpoint,
                OpenAccount{*key, options.code, options.asset, *type, Limits{*min, *max}},
                options.as_json);
}

struct StateOptions {
    CommandOptions common;
    std::string code;
    std::string side = "both";
};

struct LimitsOptions {
    CommandOptions common;
    std::string code;
    std::string min;
    std::string max;
};

int set_state(const StateOptions& options, AccountState state) {
    return send_command(options.common, {}, [&](const ServerFacts&) -> Result<Command> {
        return SetAccountState{{}, {{}, options.code}, state};
    });
}

int freeze(const StateOptions& options) {
    if (options.side == "both") return set_state(options, AccountState::frozen);
    if (options.side == "debits") return set_state(options, AccountState::frozen_debits);
    if (options.side == "credits") return set_state(options, AccountState::frozen_credits);
    return report(
        {ErrorCode::usage, "'" + options.side + "' is not a side: use debits, credits or both"});
}

Result<std::optional<SignedAmount>> parse_new_limit(const std::string& text) {
    return text == "none" ? parse_limit({}) : parse_limit(text);
}

int set_limits(const LimitsOptions& options) {
    const auto min = parse_new_limit(options.min);
    if (!min) return report(min.error());
    const auto max = parse_new_limit(options.max);
    if (!max) return report(max.error());
    return send_command(options.common, {}, [&](const ServerFacts&) -> Result<Command> {
        return SetLimits{{}, {{}, options.code}, {*min, *max}};
    });
}

void add_define(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<DefineOptions>();
    auto* asset = app.add_subcommand("asset", "Assets: what is counted");
    asset->require_subcommand(1);
    auto* command =
        asset->add_subcommand("define", "Defines an asset; its code and scale never change again");
    command->add_option("CODE", options->code, "1-16 of A-Z 0-9 . _, e.g. USD")->required();
    command->add_option("--scale", options->scale, "Digits after the point, 0 to 18")
        ->capture_default_str();
    add_client_options(*command, options->endpoint, options->key, options->as_json);
    command->callback([options, &exit_code] { exit_code = define(*options); });
}

void add_open(Subcommand& account, int& exit_code) {
    auto options = std::make_shared<OpenOptions>();
    auto* command = account.add_subcommand(
        "open", "Opens an account; its code, asset and type never change again");
    command->add_option("CODE", options->code, "A colon path, e.g. users:alice:wallet")->required();
    command->add_option("--asset", options->asset, "The asset it counts")->required();
    command->add_option("--type", options->type, "asset, liability, equity, income or expense")
        ->capture_default_str();
    command->add_option("--min", options->min,
                        "Least available balance in minor units; 0 is no overdraft");
    command->add_option("--max", options->max, "Greatest balance in minor units");
    add_client_options(*command, options->endpoint, options->key, options->as_json);
    command->callback([options, &exit_code] { exit_code = open(*options); });
}

void add_freeze(Subcommand& account, int& exit_code) {
    auto options = std::make_shared<StateOptions>();
    auto* command = account.add_subcommand(
        "freeze",
        "Bars postings and new holds on one side or both, until it is unfrozen; replaces what was "
        "frozen before. Open holds stay and can still be released");
    command->add_option("CODE", options->code, "The account")->required();
    command
        ->add_option("--side", options->side,
                     "What is barred: debits, credits or both, whatever the account's type")
        ->capture_default_str()
        ->type_name("SIDE");
    add_command_options(*command, options->common);
    command->footer(std::string{R"(Examples:
  daybook account freeze users:alice --description "case 17"
  daybook account freeze users:alice --side debits)"} +
                    std::string{kCommandExitCodes});
    command->callback([options, &exit_code] { exit_code = freeze(*options); });
}

struct StateCommand {
    const char* name;
    AccountState state;
    const char* help;
    const char* examples;
};

void add_state(Subcommand& account, int& exit_code, const StateCommand& stated) {
    auto options = std::make_shared<StateOptions>();
    auto* command = account.add_subcommand(stated.name, stated.help);
    command->add_option("CODE", options->code, "The account")->required();
    add_command_options(*command, options->common);
    command->footer(std::string{stated.examples} + std::string{kCommandExitCodes});
    command->callback(
        [options, &exit_code, state = stated.state] { exit_code = set_state(*options, state); });
}

void add_limits(Subcommand& account, int& exit_code) {
    auto options = std::make_shared<LimitsOptions>();
    auto* command = account.add_subcommand(
        "limits",
        "Replaces both limits. An account that stands beyond a new one keeps its balance; only "
        "what moves it further beyond is rejected");
    command->add_option("CODE", options->code, "The account")->required();
    command
        ->add_option("--min", options->min,
                     "Least available balance in minor units (0 is no overdraft), or none")
        ->required()
        ->type_name("LIMIT");
    command->add_option("--max", options->max, "Greatest balance in minor units, or none")
        ->required()
        ->type_name("LIMIT");
    add_command_options(*command, options->common);
    command->footer(std::string{R"(Examples:
  daybook account limits users:alice --min -50000 --max none
  daybook account limits users:alice --min 0 --max 1000000 --dry-run)"} +
                    std::string{kCommandExitCodes});
    command->callback([options, &exit_code] { exit_code = set_limits(*options); });
}

}  // namespace

void add_account_commands(Subcommand& app, int& exit_code) {
    add_define(app, exit_code);
    auto* account = app.add_subcommand("account", "Accounts: where it is counted");
    account->require_subcommand(1);
    add_open(*account, exit_code);
    add_freeze(*account, exit_code);
    add_state(*account, exit_code,
              {"unfreeze", AccountState::open, "Allows postings on both sides again",
               R"(Examples:
  daybook account unfreeze users:alice
  daybook account unfreeze users:alice --description "case 17 settled" --key case-17-end)"});
    add_state(*account, exit_code,
              {"close", AccountState::closed,
               "Closes an account for ever; its posted balance must be zero and no hold open on it",
               R"(Examples:
  daybook account close users:alice
  daybook account close users:alice --require users:alice,version,eq,7)"});
    add_limits(*account, exit_code);
    add_account_show(*account, exit_code);
    add_account_list(*account, exit_code);
}

}  // namespace daybook::cli
