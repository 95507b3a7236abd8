#include <memory>
#include <span>
#include <string>

#include <fmt/format.h>

#include "base/bytes.h"
#include "cli/client_options.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "gateway/command_client.h"
#include "json/line.h"

namespace daybook::cli {

namespace {

struct KeyOptions {
    std::string endpoint;
    std::string key;
    bool as_json = false;
};

Result<std::unique_ptr<gateway::CommandClient>> connect(const std::string& endpoint) {
    gateway::ClientOptions options;
    options.endpoint = endpoint;
    return gateway::CommandClient::connect(options);
}

int outcome(const KeyOptions& options) {
    const auto key = choose_key(options.key);
    if (!key) return report(key.error());
    const auto client = connect(options.endpoint);
    if (!client) return report(client.error());
    const auto receipts = (*client)->outcomes(std::span{&*key, 1});
    if (!receipts) return report(receipts.error());
    return print_receipt(receipts->front(), *key, options.as_json);
}

int void_key(const KeyOptions& options) {
    const auto key = choose_key(options.key);
    if (!key) return report(key.error());
    const auto client = connect(options.endpoint);
    if (!client) return report(client.error());
    const auto receipt = (*client)->give_up(*key);
    if (!receipt) return report(receipt.error());
    const int code = print_receipt(*receipt, *key, options.as_json);
    // Voided is what was asked for; a command that had been decided before is the finding.
    const bool is_voided = receipt->code == code_of(Rejection::voided);
    return is_voided ? kExitFine : code == kExitFine ? kExitFinding : code;
}

int info(const KeyOptions& options) {
    gateway::ClientOptions client_options;
    client_options.endpoint = options.endpoint;
    client_options.give_up_after = std::chrono::seconds{3};
    const auto client = gateway::CommandClient::connect(client_options);
    if (!client) return report(client.error());
    const auto book = to_hex((*client)->book().bytes);
    const auto head = (*client)->head_at_connect().value();
    if (options.as_json) {
        json::Line line;
        line.begin_object().text("book", book).big("head", head).end_object();
        fmt::print("{}\n", line.str());
    } else {
        fmt::print("book {}\nhead seq {}\n", book, head);
    }
    return kExitFine;
}

}  // namespace

void add_key_commands(Subcommand& app, int& exit_code) {
    auto asked = std::make_shared<KeyOptions>();
    auto* outcome_command = app.add_subcommand(
        "outcome",
        "Tells what became of a key: accepted, rejected and why, or not seen up to a seq");
    add_client_options(*outcome_command, asked->endpoint, asked->key, asked->as_json);
    outcome_command->get_option("--key")->required();
    outcome_command->callback([asked, &exit_code] { exit_code = outcome(*asked); });

    auto voided = std::make_shared<KeyOptions>();
    auto* void_command = app.add_subcommand(
        "void", "Binds an unseen key to the rejection `voided`, so that its command can never act");
    add_client_options(*void_command, voided->endpoint, voided->key, voided->as_json);
    void_command->get_option("--key")->required();
    void_command->callback([voided, &exit_code] { exit_code = void_key(*voided); });

    auto about = std::make_shared<KeyOptions>();
    auto* info_command = app.add_subcommand("info", "Asks a sequencer for its book and head seq");
    add_connect_option(*info_command, about->endpoint);
    info_command->add_flag("--json", about->as_json, "Print one JSON object");
    info_command->callback([about, &exit_code] { exit_code = info(*about); });
}

}  // namespace daybook::cli
