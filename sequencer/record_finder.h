// RecordFinder: the record of any decided Seq, durable or not: from the blocks still in memory,
// else from the journal. One thread: the sequencer's.
#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "journal/reader.h"
#include "schema/record.h"

namespace daybook::sequencer {

struct FoundRecord {
    schema::RecordView record;
    Stamp stamp;  // of its block
};

class RecordFinder {
public:
    static Result<RecordFinder> open(const std::shared_ptr<journal::Environment>& environment);

    // The blocks not yet in the journal; null when there are none. They must outlive their use
    // here.
    void set_blocks(const journal::BlockBuilder* open, const journal::BlockBuilder* in_flight);

    // Valid until the next call or change of a block. `seq` must have been decided (checked).
    Result<FoundRecord> find(Seq seq);

    // Lets go of the journal pages of the past; called once a block.
    Result<void> refresh() { return snapshot_.refresh(); }

private:
    explicit RecordFinder(journal::Snapshot snapshot) : snapshot_{std::move(snapshot)} {}

    journal::Snapshot snapshot_;
    const journal::BlockBuilder* open_ = nullptr;
    const journal::BlockBuilder* in_flight_ = nullptr;
};

}  // namespace daybook::sequencer
