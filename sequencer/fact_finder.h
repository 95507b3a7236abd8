// FactFinder: looks up for a command what deciding it needs to know of the past: the entries it
// reverses, and whether its references are taken. One thread: the sequencer's.
#pragma once

#include "base/result.h"
#include "base/seq.h"
#include "ledger/command.h"
#include "ledger/facts.h"
#include "sequencer/record_finder.h"
#include "sequencer/reference_index.h"

namespace daybook::sequencer {

class FactFinder {
public:
    // `finder` must outlive it.
    explicit FactFinder(RecordFinder& finder) : finder_{finder} {}

    // Counts what is decided but not yet durable. An error is an I/O error. Ids after `head` name
    // nothing.
    Result<Facts> look_up(const Command& command, Seq head);

    // Must be told of every accepted command, in order.
    void note_accepted(const Command& command, Seq seq);

private:
    Result<void> find_originals(const Command& command, Seq head, Facts& facts);
    Result<void> find_references(const Command& command, Facts& facts);

    RecordFinder& finder_;
    ReferenceIndex references_;
};

}  // namespace daybook::sequencer
