// `daybook gateway` and `daybook token`.
#include <memory>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/http_options.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/signals.h"
#include "http/server.h"
#include "http/tokens.h"
#include "ledger/form.h"

namespace daybook::cli {

namespace {

int run_gateway(const HttpOptions& options) {
    hold_stop_signals();
    const auto server = http::Server::open(options.chosen());
    if (!server) return report(server.error());
    Result<void> outcome;
    std::thread serving{[&] {
        outcome = (*server)->run();
        request_stop();
    }};
    wait_for_stop();
    (*server)->stop();
    serving.join();
    return outcome ? kExitFine : report(outcome.error());
}

void add_gateway(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<HttpOptions>();
    auto* command = app.add_subcommand(
        "gateway",
        "Runs an HTTP gateway alone: JSON in, commands to the sequencer, reads from the "
        "query endpoint; any number of them serve one book");
    command
        ->add_option("--http", options->options.listen,
                     "Where HTTP is served, ADDRESS:PORT; port 0: the system chooses, and the log "
                     "says which")
        ->capture_default_str()
        ->type_name("ADDRESS");
    command->add_option("--sequencer", options->options.sequencer, "Where commands are sent")
        ->capture_default_str()
        ->type_name("ENDPOINT");
    command->add_option("--query", options->options.queries, "Where reads are asked")
        ->capture_default_str()
        ->type_name("ENDPOINT");
    command
        ->add_option("--feed", options->options.feed,
                     "Where records are published; \"\": streams ask the query endpoint alone")
        ->may_be_empty()
        ->capture_default_str()
        ->type_name("ENDPOINT");
    add_http_options(*command, *options);
    command->callback([options, &exit_code] { exit_code = run_gateway(*options); });
}

struct TokenOptions {
    std::uint32_t producer = 0;
    std::string scopes = "read,post";
    std::string accounts;
};

int make_token(const TokenOptions& options) {
    http::Caller caller;
    caller.producer = ProducerId{options.producer};
    std::istringstream scopes{options.scopes};
    for (std::string text; std::getline(scopes, text, ',');) {
        const auto scope = http::parse_scope(text);
        if (!scope) {
            return report({ErrorCode::usage, "'" + text + "' is none of read, post and admin"});
        }
        caller.scopes |= static_cast<unsigned>(*scope);
    }
    std::istringstream accounts{options.accounts};
    for (std::string path; std::getline(accounts, path, ',');) {
        if (!is_account_code(path)) {
            return report({ErrorCode::usage, "'" + path + "' is not an account code"});
        }
        caller.accounts.push_back(path);
    }
    const auto made = http::make_token(caller);
    fmt::print("{}\n{}\n", made.token, made.line);
    return kExitFine;
}

void add_token(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<TokenOptions>();
    auto* command = app.add_subcommand(
        "token",
        "Makes a bearer token: prints it, and below it the line for the gateway's token "
        "file, which has its hash alone");
    command
        ->add_option("--producer", options->producer,
                     "The producer it is for, from 1: the scope of its idempotency keys, kept when "
                     "a token is replaced")
        ->required()
        ->positive()
        ->type_name("N");
    command
        ->add_option("--scopes", options->scopes,
                     "Some of read, post and admin (assets, accounts, their states and limits)")
        ->capture_default_str()
        ->type_name("LIST");
    command
        ->add_option("--accounts", options->accounts,
                     "Only accounts at or under these paths (default: all)")
        ->type_name("LIST");
    command->callback([options, &exit_code] { exit_code = make_token(*options); });
}

}  // namespace

void add_http_commands(Subcommand& app, int& exit_code) {
    add_gateway(app, exit_code);
    add_token(app, exit_code);
}

}  // namespace daybook::cli
