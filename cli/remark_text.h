// A remark as a phrase for people.
#pragma once

#include <string>

#include "cli/account_names.h"
#include "ledger/command.h"
#include "ledger/remark.h"
#include "schema/record.h"

namespace daybook::cli {

// Empty when it says nothing that the rest of the line does not. `record` has the remark, `command`
// is the record's, or the member's that the remark is about.
std::string describe(const Remark& remark, const schema::RecordView& record, const Command& command,
                     AccountNames& names);
// Of a receipt: accounts are numbers and amounts minor units.
std::string describe(const Remark& remark);

}  // namespace daybook::cli
