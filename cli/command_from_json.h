// Commands read from JSON, field by field as `write_fields` writes them (docs/jsonl.md). Strict: an
// unknown field, another type, a null and a number where digits are due are all wrong.
#pragma once

#include <string_view>

#include "base/result.h"
#include "ledger/command.h"

namespace daybook::cli {

// One line: `key` and `kind` beside the fields, or beside `command` which has them; of a line as
// `tail --json` prints it the rest is ignored. A key is any text that --key takes. `bad_input`
// names the field; also what is malformed whatever the book says is found here.
Result<Command> command_from_json(std::string_view line);

}  // namespace daybook::cli
