// CommandOptions: what every subcommand that states a command may say of it besides what it asks
// for; and the one way such a command is built, sent and answered.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "cli/scales.h"
#include "ledger/command.h"

namespace daybook::cli {

class Subcommand;

struct CommandOptions {
    std::string endpoint;
    std::string key;
    std::string reference;
    std::string description;
    std::string tag;
    std::string effective_at;
    std::vector<std::string> require;
    bool is_reference_unique = false;
    bool is_minor = false;
    bool is_dry_run = false;
    bool as_json = false;
};

void add_command_options(Subcommand& command, CommandOptions& options);

// The last lines of their help texts.
inline constexpr std::string_view kCommandExitCodes = R"(

Exit codes:
  0 accepted, or would be   1 rejected, or the key belongs to another command   64 usage
  65 malformed   69 server not reachable   75 try again)";

// What is known of the server when a command is built.
struct ServerFacts {
    Id128 book;
    Scales scales;  // of the accounts asked for; with --minor all are 0
};

// Makes the command but for key, particulars and `require`, which the options say.
using BuildCommand = std::function<Result<Command>(const ServerFacts&)>;

// Connects, asks for the scales of `accounts`, builds, sends (or tries, with --dry-run) and prints
// the receipt. Returns the exit code.
int send_command(const CommandOptions& options, std::vector<std::string> accounts,
                 const BuildCommand& build);

}  // namespace daybook::cli
