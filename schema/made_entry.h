// What a record, or a member of it, posted: the original that a reversal refers to.
#pragma once

#include <optional>

#include "base/result.h"
#include "ledger/facts.h"
#include "schema/record.h"

namespace daybook::schema {

// Nothing when the record is rejected, or its member posted no entry (it opened an account, placed
// a hold, ...), or there is no such member. `damaged` when the record contradicts itself.
Result<std::optional<MadeEntry>> read_made_entry(const RecordView& record, std::uint16_t member);

}  // namespace daybook::schema
