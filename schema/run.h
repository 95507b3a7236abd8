// Run: consecutive whole records of one block, with what the block's header says. The feed's
// messages are one run each; the answer to a range of records is any number of them.
//
// In bytes: a frame of 168 bytes (RunStart in wire.fbs), then a frame a record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/seq.h"
#include "ledger/outcome.h"
#include "schema/message.h"

namespace daybook::schema {

// What a stored block's header says (journal/block.h has the meaning of each).
struct BlockFacts {
    std::uint64_t number = 0;  // from 1
    Seq first_seq;
    std::uint32_t record_count = 0;  // of the whole block
    Stamp stamp;
    Hash256 previous;
    Hash256 payload_root;
    Hash256 history_root;
    Hash256 hash;

    Seq last_seq() const { return Seq{first_seq.value() + record_count - 1}; }
    friend bool operator==(const BlockFacts&, const BlockFacts&) = default;
};

// Views into the bytes they were read from.
struct Run {
    BlockFacts block;
    Seq first;                   // of `records`
    std::vector<Bytes> records;  // at least one; their Seqs follow each other

    Seq last() const { return Seq{first.value() + records.size() - 1}; }
};

// Appends one run to `out`, which outlives it and which nobody else changes meanwhile.
class RunWriter {
public:
    RunWriter(std::vector<std::byte>& out, const BlockFacts& block, Seq first);
    // The next record.
    void add(Bytes record);
    // Without a record nothing is left of the run.
    void end();
    std::uint32_t count() const { return count_; }

private:
    std::vector<std::byte>& out_;
    BlockFacts block_;
    Seq first_;
    std::size_t start_;
    std::uint32_t count_ = 0;
};

// Walks runs. Never reads past the end. A run that is cut short, empty, not within its block, or
// whose records do not carry their Seqs is `bad_bytes`.
class RunReader {
public:
    explicit RunReader(Bytes bytes) : frames_{bytes}, is_at_end_{bytes.empty()} {}

    // Fills `run`, whose memory is used again.
    Malformation next(Run& run);
    bool is_at_end() const { return is_at_end_; }

private:
    FrameReader frames_;
    bool is_at_end_;
};

// The one run of a message of the feed: the header is of the kind `records`, and its count and head
// are the run's.
std::expected<Run, Malformation> decode_published(Bytes message);

}  // namespace daybook::schema
