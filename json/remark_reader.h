// Remarks read back from JSON: the inverse of write_remark.
#pragma once

#include "json/fields.h"
#include "ledger/remark.h"

namespace daybook::json {

// What is wrong is gathered in the Reading; what is read then is worth nothing.
Remark read_remark(Fields& fields);

}  // namespace daybook::json
