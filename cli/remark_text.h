// A remark as a phrase for people.
#pragma once

#include <string>

#include "cli/account_names.h"
#include "ledger/remark.h"

namespace daybook::cli {

// Empty when it says nothing that the rest of the line does not. Without names, accounts are
// numbers and amounts minor units.
std::string describe(const Remark& remark, AccountNames& names);
std::string describe(const Remark& remark);

}  // namespace daybook::cli
