// What every subcommand that sends a command takes: `--connect`, `--key`, `--json`.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace daybook::cli {

class Subcommand;

void add_client_options(Subcommand& command, std::string& endpoint, std::string& key,
                        bool& as_json);

// The key stated, or a new time-ordered one when the text is empty. `usage` when it is not a key.
Result<Id128> choose_key(const std::string& text);

// Without its key nobody could ask what became of a command that got no answer.
Error with_key(Error error, const Id128& key);

}  // namespace daybook::cli
