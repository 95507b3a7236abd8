// RecordFinder: the record of any decided Seq, durable or not: from the blocks still in memory,
// else from the journal. One thread: the sequencer's.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "journal/block_source.h"
#include "journal/environment.h"
#include "schema/record.h"

namespace daybook::sequencer {

struct FoundRecord {
    schema::RecordView record;
    Stamp stamp;  // of its block
};

class RecordFinder {
public:
    static Result<RecordFinder> open(const std::shared_ptr<journal::Environment>& environment);
    explicit RecordFinder(std::unique_ptr<journal::BlockSource> journal)
        : journal_{std::move(journal)} {}

    // The blocks not yet in the journal; null when there are none. They must outlive their use
    // here.
    void set_blocks(const journal::BlockBuilder* open, const journal::BlockBuilder* in_flight);

    // Records that are found instead of the journal's, for who replays it by other rules; null: the
    // journal's alone. They must outlive their use here.
    using Instead = std::map<Seq, std::vector<std::byte>>;
    void set_instead(const Instead* instead) { instead_ = instead; }

    // Valid until the next call or change of a block. `seq` must have been decided (checked).
    Result<FoundRecord> find(Seq seq);

    // Lets go of the journal pages of the past; called once a block.
    Result<void> refresh() { return journal_->refresh(); }

private:
    std::unique_ptr<journal::BlockSource> journal_;
    const journal::BlockBuilder* open_ = nullptr;
    const journal::BlockBuilder* in_flight_ = nullptr;
    const Instead* instead_ = nullptr;
};

}  // namespace daybook::sequencer
