#include "cli/command_options.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <variant>

#include "cli/client_options.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "gateway/command_client.h"
#include "json/moment.h"

namespace daybook::cli {

namespace {

// A precondition as typed: the value is still text, since its scale is the account's.
struct TypedCondition {
    Precondition condition;
    std::string value;
};

// What the options say, read as far as it goes without the server.
struct Stated {
    Id128 key;
    Particulars particulars;
    std::vector<TypedCondition> require;
};

Result<TypedCondition> read_condition(const std::string& text) {
    std::array<std::string, 4> parts;
    std::size_t start = 0;
    for (std::size_t i = 0; i < parts.size() && start <= text.size(); ++i) {
        const auto comma = i + 1 < parts.size() ? text.find(',', start) : text.size();
        parts.at(i) = text.substr(start, comma - start);
        start = comma == std::string::npos ? text.size() + 1 : comma + 1;
    }
    const auto& [account, measure_name, comparison_name, value] = parts;
    const auto measure = parse_measure(measure_name);
    const auto comparison = parse_comparison(comparison_name);
    if (account.empty() || !measure || !comparison || value.empty()) {
        return fail(ErrorCode::usage,
                    "'" + text +
                        "' is not a condition: write ACCOUNT,MEASURE,OP,VALUE with version, posted "
                        "or available and eq, gt, gte, lt or lte");
    }
    return TypedCondition{{{{}, account}, *measure, *comparison, {}}, value};
}

Result<Stated> read_stated(const CommandOptions& options) {
    Stated stated;
    const auto key = choose_key(options.key);
    if (!key) return std::unexpected{key.error()};
    stated.key = *key;
    auto& particulars = stated.particulars;
    particulars.reference = options.reference;
    particulars.is_reference_unique = options.is_reference_unique;
    particulars.description = options.description;
    if (!options.tag.empty()) {
        const auto tag = parse_id128(options.tag);
        if (!tag) {
            return fail(ErrorCode::usage, "'" + options.tag +
                                              "' is not a tag: write 32 hexadecimal digits or a "
                                              "UUID");
        }
        particulars.tag = *tag;
    }
    if (!options.effective_at.empty()) {
        const auto moment = json::parse_moment(options.effective_at);
        if (!moment) return std::unexpected{moment.error()};
        particulars.effective_at = *moment;
    }
    for (const auto& text : options.require) {
        auto condition = read_condition(text);
        if (!condition) return std::unexpected{condition.error()};
        stated.require.push_back(*std::move(condition));
    }
    return stated;
}

Result<Preconditions> scale_conditions(const std::vector<TypedCondition>& typed,
                                       const Scales& scales) {
    Preconditions require;
    for (auto [condition, text] : typed) {
        const bool is_count = condition.measure == Measure::version;
        const auto& account = condition.account.code;
        const auto value =
            is_count ? Scales{}.parse_signed(account, text) : scales.parse_signed(account, text);
        if (!value) return fail(value.error(), "--require " + account);
        condition.value = *value;
        require.push_back(std::move(condition));
    }
    return require;
}

void complete(Command& command, const Stated& stated, const Preconditions& require) {
    std::visit(
        [&](auto& one) {
            if constexpr (requires { one.key; }) one.key = stated.key;
            if constexpr (requires { one.particulars; }) one.particulars = stated.particulars;
            if constexpr (requires { one.require; }) one.require = require;
        },
        command);
}

Result<ServerFacts> ask_server(gateway::CommandClient& client, const CommandOptions& options,
                               std::vector<std::string> accounts) {
    ServerFacts facts{client.book(), {}};
    if (options.is_minor || accounts.empty()) return facts;
    auto scales = Scales::resolve(client, std::move(accounts));
    if (!scales) return std::unexpected{scales.error()};
    facts.scales = *std::move(scales);
    return facts;
}

Result<schema::Receipt> send(gateway::CommandClient& client, const Command& command,
                             bool is_dry_run) {
    if (!is_dry_run) return client.execute(command);
    auto receipts = client.dry_run(std::span{&command, 1});
    if (!receipts) return std::unexpected{receipts.error()};
    return std::move(receipts->front());
}

}  // namespace

void add_command_options(Subcommand& command, CommandOptions& options) {
    command.add_flag("--minor", options.is_minor,
                     "Amounts, also those of --require, are in minor units, e.g. 1250");
    command.add_option("--reference", options.reference, "Your business id, at most 128 bytes");
    command
        .add_flag("--unique-reference", options.is_reference_unique,
                  "Reject it when an accepted command has this reference already")
        ->needs("--reference");
    command.add_option("--description", options.description, "At most 256 bytes");
    command
        .add_option("--tag", options.tag,
                    "Your own mark, kept and never read: 32 hexadecimal digits or a UUID")
        ->type_name("HEX");
    command
        .add_option("--effective-at", options.effective_at,
                    "When it counts for you, past or future: 2026-03-01 or 2026-03-01T12:00:00Z "
                    "(default: when it is recorded)")
        ->type_name("RFC3339");
    command
        .add_option("--require", options.require,
                    "ACCOUNT,MEASURE,OP,VALUE: reject it unless this is so, e.g. "
                    "users:alice,available,gte,100.00. MEASURE is available or posted (in the "
                    "account's units) or version (a count); OP is eq, gt, gte, lt or lte. Repeat "
                    "it for more, up to 64")
        ->one_at_a_time()
        ->type_name("CONDITION");
    command.add_flag("--dry-run", options.is_dry_run,
                     "Say what would be decided now; write nothing and leave the key free");
    add_client_options(command, options.endpoint, options.key, options.as_json);
}

int send_command(const CommandOptions& options, std::vector<std::string> accounts,
                 const BuildCommand& build) {
    const auto stated = read_stated(options);
    if (!stated) return report(stated.error());
    gateway::ClientOptions client_options;
    client_options.endpoint = options.endpoint;
    client_options.wants_touches = !options.as_json;  // they say what remarks are counted in
    const auto client = gateway::CommandClient::connect(client_options);
    if (!client) return report(client.error());
    for (const auto& [condition, value] : stated->require) {
        if (condition.measure != Measure::version) accounts.push_back(condition.account.code);
    }
    const auto facts = ask_server(**client, options, std::move(accounts));
    if (!facts) return report(facts.error());
    const auto require = scale_conditions(stated->require, facts->scales);
    if (!require) return report(require.error());
    auto command = build(*facts);
    if (!command) return report(command.error());
    complete(*command, *stated, *require);
    const auto receipt = send(**client, *command, options.is_dry_run);
    if (!receipt) return report(with_key(receipt.error(), stated->key));
    auto names = facts->scales.names();
    return print_receipt(*receipt, *command, names, options.as_json);
}

}  // namespace daybook::cli
