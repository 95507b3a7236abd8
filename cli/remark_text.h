// A remark as a phrase for people.
#pragma once

#include <string>

#include "cli/account_names.h"
#include "ledger/command.h"
#include "ledger/remark.h"
#include "schema/receipts.h"
#include "schema/record.h"

namespace daybook::cli {

// Empty when it says nothing that the rest of the line does not. `command` is the record's or the
// receipt's, or the member's that the remark is about. Amounts of accounts that `names` does not
// know are in minor units.
std::string describe(const Remark& remark, const schema::RecordView& record, const Command& command,
                     AccountNames& names);
std::string describe(const Remark& remark, const schema::Receipt& receipt, const Command& command,
                     AccountNames& names);
// Without the command: accounts are numbers.
std::string describe(const Remark& remark);

}  // namespace daybook::cli
