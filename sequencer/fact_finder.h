// FactFinder: looks up for a command what deciding it needs to know of the past: the entries it
// reverses, and whether its references are taken. One thread: the sequencer's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "ledger/command.h"
#include "ledger/facts.h"
#include "sequencer/record_finder.h"
#include "sequencer/seen_keys.h"

namespace daybook::sequencer {

class FactFinder {
public:
    // Both must outlive it.
    FactFinder(RecordFinder& finder, SeenKeys& keys) : finder_{finder}, keys_{keys} {}

    // The Seq that bound this key, of those that the snapshot has; nothing if none did.
    Result<std::optional<Seq>> find_older(std::uint64_t hashed, const Id128& key,
                                          ProducerId producer);

    // Counts what is decided but not yet durable. An error is an I/O error. Ids after `head` name
    // nothing.
    Result<Facts> look_up(const Command& command, Seq head);

    // Must be told of every accepted command, in order.
    void note_accepted(const Command& command, Seq seq);

    // A small command may ask for large records. A message whose commands have asked for too much
    // of them gets no more, so that it cannot hold up the others; from the first that is refused on
    // none of it is decided, so that its order is kept.
    void begin_message();
    bool may_go_on(const Command& command);

private:
    // What a record is asked for.
    struct Past {
        Seq seq;
        std::vector<MadeEntry> entries;
        std::vector<std::string> references;
    };

    // Valid until the next call.
    Result<const Past*> read(Seq seq);
    Result<void> find_originals(const Command& command, Seq head, Facts& facts);
    Result<void> find_references(const Command& command, Seq head, Facts& facts);
    // The first Seq up to the head that has the reference.
    Result<std::optional<Seq>> find_reference(std::string_view reference, Seq head);

    RecordFinder& finder_;
    SeenKeys& keys_;              // references are remembered as keys of the system producer
    Past last_;                   // read; members of an atomic often ask for the same record
    std::size_t bytes_read_ = 0;  // of the message
    bool is_exhausted_ = false;
};

}  // namespace daybook::sequencer
