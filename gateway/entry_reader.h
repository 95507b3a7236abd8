// Reads what the record at an id did from a query endpoint: one query, and one more for each entry
// that it reverses.
#pragma once

#include <vector>

#include "base/result.h"
#include "gateway/query_client.h"
#include "ledger/entry_id.h"
#include "schema/entry_answers.h"
#include "schema/entry_view.h"

namespace daybook::gateway {

struct ReadEntry {
    schema::EntryView view;
    schema::Standing standing;
    std::vector<schema::HoldNow> open_holds;       // that its record placed
    std::vector<schema::AccountDetails> accounts;  // that it touched, as they stand now
};

// Waits, as `after` says, until the projection shows the record. `not_found` when there is no such
// record or member.
Result<ReadEntry> read_entry(QueryClient& client, EntryId id, const ReadAfter& after = {});

}  // namespace daybook::gateway
