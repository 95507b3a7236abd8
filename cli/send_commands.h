// Sending many commands of a file, and reading the file.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "base/result.h"
#include "ledger/command.h"
#include "schema/receipts.h"

namespace daybook::gateway {
class CommandClient;
}

namespace daybook::cli {

// All of it. `not_found` when there is no such file.
Result<std::string> read_file(const std::string& path);

// Sends commands, several messages at a time, and hands each receipt to `take` with its command's
// place. False when it was asked to stop; what was sent by then has been answered.
Result<bool> send_all(gateway::CommandClient& client, std::size_t count,
                      const std::function<Command(std::size_t)>& command_at,
                      const std::function<void(std::size_t, const schema::Receipt&)>& take);

}  // namespace daybook::cli
