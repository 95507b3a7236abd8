// What a record posted: the originals that reversals refer to.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "ledger/facts.h"
#include "schema/record.h"

namespace daybook::schema {

// The entries that the record's command or its members made, in order; `command` is the record's.
// None of a rejected record. `damaged` when the record contradicts itself.
Result<std::vector<MadeEntry>> read_made_entries(const RecordView& record, const Command& command);

// The one of them that `member` made; nothing when it made none.
Result<std::optional<MadeEntry>> read_made_entry(const RecordView& record, std::uint16_t member);

}  // namespace daybook::schema
