// EntryView: what the record at an id did, and how it hangs together with others: gathered from the
// journal and the projection of one data directory.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "cli/account_names.h"
#include "cli/read_options.h"
#include "cli/stored_record.h"
#include "ledger/command.h"
#include "ledger/entry_id.h"
#include "ledger/facts.h"
#include "ledger/remark.h"
#include "schema/record.h"

namespace daybook::cli {

// A command, or one member of an atomic.
struct EntryPart {
    EntryId id;
    Command command;
    std::vector<ResolvedPosting> postings;  // empty when it posted no entry
    std::vector<Remark> remarks;            // about it
    std::optional<EntryId> reverses;
    std::vector<EntryId> reversed_by;
};

struct EntryView {
    StoredRecord stored;
    schema::RecordView record;     // of the stored bytes
    std::optional<Command> whole;  // the command of an atomic
    std::vector<Remark> remarks;   // about that as a whole
    std::vector<EntryPart> parts;  // of an atomic all of its members, or the one that was asked for
    Seq as_of;                     // what is not in `parts` yet had not happened then
};

// Waits until the projection shows the id's seq. `not_found` when there is no such record or
// member.
Result<EntryView> read_entry(const ReadOptions& options, EntryId id);

}  // namespace daybook::cli
