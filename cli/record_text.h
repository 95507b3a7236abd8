// A record of the journal as one line for people.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "cli/account_names.h"
#include "ledger/command.h"
#include "schema/record.h"

namespace daybook::cli {

// What was asked, with what it says of itself.
std::string describe(const Command& command, AccountNames& names);

// Appends the line to `out`, and what the record makes to `names`. `damaged` when its command
// cannot be read.
Result<void> append_record_text(const schema::RecordView& record, Stamp stamp, AccountNames& names,
                                std::string& out);

}  // namespace daybook::cli
