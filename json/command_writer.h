// Commands and remarks as JSON, field by field as stated (docs/jsonl.md). The key is not among the
// fields: it is the record's, or the line's.
#pragma once

#include "json/line.h"
#include "ledger/command.h"
#include "ledger/remark.h"

namespace daybook::json {

// Writes the fields into the object that `line` is in.
void write_fields(Line& line, const Command& command);
// Writes an object.
void write_remark(Line& line, const Remark& remark);

}  // namespace daybook::json
