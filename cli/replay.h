// Replay: decides the commands of records again, in their order, on a book of its own. What it
// decides goes into its book, whatever the records say. One thread.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "cli/lasting_rows.h"
#include "ledger/book.h"
#include "ledger/decide.h"
#include "ledger/entry_id.h"
#include "schema/command_codec.h"
#include "schema/record.h"
#include "sequencer/fact_finder.h"
#include "sequencer/seen_keys.h"

namespace daybook::cli {

class Replay {
public:
    // `finder` finds the records before the one decided; it must outlive the replay.
    explicit Replay(sequencer::RecordFinder& finder) : facts_{finder, references_} {}

    // From now on `rows` is told what the records leave in a projection; null: no more.
    void tell(LastingRows* rows) { rows_ = rows; }

    // Brings what deciding this record will touch closer.
    void prefetch(Bytes record) const;

    // Decides the record's command under its Seq, at its block's stamp. `bad_input` when these
    // rules would not decide it at all; other errors are of the records that were looked up.
    Result<void> decide_again(const schema::RecordView& record, Stamp stamp);
    // Expires an open hold that is due, under the Seq of the record that comes next.
    void expire(EntryId hold, Seq next, Stamp stamp);

    // What was decided last. Valid until the next decision.
    const Decision& decision() const { return decision_; }
    // The record that it makes of `record`; valid until the next decision.
    Bytes record_again(const schema::RecordView& record);

    const Book& book() const { return book_; }

private:
    Result<void> decide_transfer(const schema::RecordView& record, Stamp stamp);

    Book book_;
    sequencer::SeenKeys references_;
    sequencer::FactFinder facts_;
    LastingRows* rows_ = nullptr;
    Decision decision_;
    schema::CommandEncoder encoder_;
    Bytes canonical_;  // of the command decided last
    std::vector<std::byte> recorded_;
};

}  // namespace daybook::cli
