// Commands read from JSON, field by field as `write_fields` writes them (docs/jsonl.md). Strict: an
// unknown field, another type, a null and a number where digits are due are all wrong.
#pragma once

#include <string_view>

#include "base/result.h"
#include "json/fields.h"
#include "ledger/command.h"

namespace daybook::json {

// One line: `key` and `kind` beside the fields, or beside `command` which has them; of a line as
// `tail --json` prints it the rest is ignored. A key is any text that --key takes. `bad_input`
// names the field; also what is malformed whatever the book says is found here.
Result<Command> read_command(std::string_view line);

// The fields of a command of this kind, without its key; whatever else is in the object is for the
// caller to take. Its form is not checked.
Command read_command(Fields& fields, CommandKind kind);

}  // namespace daybook::json
