// StoredRecord: one record of the journal in the data directory on this machine, and what its
// amounts are counted in.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "cli/data_directory.h"
#include "journal/block.h"
#include "ledger/entry_id.h"

namespace daybook::cli {

struct StoredRecord {
    std::vector<std::byte> bytes;  // a copy: no snapshot is kept
    journal::BlockInfo block;
};

// `not_found` when there is no journal, or it does not reach so far.
Result<StoredRecord> read_record(const DataDirectory& data, Seq seq);

// The digits behind the point of the amounts of a hold, and of each posting of an entry, whether or
// not they are still open. `not_found` when the data directory is not of this book, or does not
// know them.
Result<unsigned> scale_of_hold(const DataDirectory& data, const Id128& book, EntryId hold);
Result<std::vector<unsigned>> scales_of_entry(const DataDirectory& data, const Id128& book,
                                              EntryId entry);

}  // namespace daybook::cli
