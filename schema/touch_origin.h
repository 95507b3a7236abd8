// TouchOrigin: which command, or member of an atomic, made a touch, and what it said of itself.
#pragma once

#include <cstddef>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ledger/command.h"
#include "ledger/entry_id.h"
#include "schema/record.h"

namespace daybook::schema {

struct TouchOrigin {
    EntryId id;
    CommandKind kind = CommandKind::transfer;
    const Member* member = nullptr;            // null: the record's command itself
    const Particulars* particulars = nullptr;  // null: it says nothing
    Stamp effective_at;                        // none: not stated
    std::size_t first_touch = 0;               // its touches follow each other
    std::size_t touch_count = 0;
};

// Everything in an accepted record that made touches, in their order; nothing of a rejected one.
// `command` is the record's and must outlive the result. `damaged` when the record has other
// touches than these.
Result<std::vector<TouchOrigin>> read_touch_origins(const RecordView& record,
                                                    const Command& command);

}  // namespace daybook::schema
