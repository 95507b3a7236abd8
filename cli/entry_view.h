// Where an entry is viewed from: one data directory, or a running server.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/read_options.h"
#include "ledger/entry_id.h"
#include "schema/entry_view.h"

namespace daybook::cli {

using schema::EntryPart;
using schema::EntryView;

// Each waits until the projection shows the id's seq. `not_found` when there is no such record or
// member.
Result<EntryView> read_entry(const ReadOptions& options, EntryId id);
Result<EntryView> read_entry_at(const std::string& endpoint, const ReadOptions& options,
                                EntryId id);

}  // namespace daybook::cli
