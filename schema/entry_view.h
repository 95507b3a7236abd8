// EntryView: what the record at an id did, and how it hangs together with others, for people and
// for the console. Gathered from the record's bytes and a source of others.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/command.h"
#include "ledger/entry_id.h"
#include "ledger/facts.h"
#include "ledger/remark.h"
#include "schema/record.h"

namespace daybook::schema {

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
    std::vector<std::byte> bytes;
    Stamp recorded_at;             // of its block
    RecordView record;             // of the bytes
    std::optional<Command> whole;  // the command of an atomic
    std::vector<Remark> remarks;   // about that as a whole
    std::vector<EntryPart> parts;  // of an atomic all of its members, or the one that was asked for
    Seq as_of;                     // what is not in `parts` yet had not happened then
};

// Where else to look.
class EntrySource {
public:
    EntrySource() = default;
    EntrySource(const EntrySource&) = delete;
    EntrySource& operator=(const EntrySource&) = delete;
    EntrySource(EntrySource&&) = delete;
    EntrySource& operator=(EntrySource&&) = delete;
    virtual ~EntrySource() = default;

    // The bytes of a record that there is.
    virtual Result<std::vector<std::byte>> record(Seq seq) = 0;
    // The reversals of an entry of the record that is viewed, in order.
    virtual Result<std::vector<EntryId>> reversals_of(EntryId entry) = 0;
};

// `bytes` are those of the record at `id`. `not_found` when it has no such member.
Result<EntryView> view_entry(std::vector<std::byte> bytes, Stamp recorded_at, EntryId id, Seq as_of,
                             EntrySource& source);

}  // namespace daybook::schema
