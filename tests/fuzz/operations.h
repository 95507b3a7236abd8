// Commands made of few bytes each: so the fuzzer gets far into what a book can do. Accounts, keys,
// holds and entries are few, so that they meet.
#pragma once

#include "ledger/command.h"
#include "tests/fuzz/harness.h"

namespace daybook::fuzz {

// What every book of the target starts with: two assets, and accounts 1 to 6.
std::vector<Command> first_commands();

// Any kind but an expiry; its form may be wrong.
Command take_command(Input& input);

}  // namespace daybook::fuzz
