// BlockRebuilder: the journal's blocks made again from what the JSONL says of their records, and
// compared with the hashes it states: a block whose hash comes out is the journal's to the byte.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "journal/merkle.h"
#include "json/record_reader.h"
#include "schema/command_codec.h"

namespace daybook::exports {

// Both inclusive.
struct SeqRange {
    Seq first;
    Seq last;
    friend bool operator==(const SeqRange&, const SeqRange&) = default;
};

class BlockRebuilder {
public:
    // The next record. `bad_input` says what about it cannot be: its place, its block's facts, or,
    // with the last record of a block, the block's hash. The first and the last block may be there
    // in part; of such a one only the facts are compared.
    Result<void> add(const json::ReadRecord& record);

    // The bytes of the record added last.
    Bytes bytes() const { return bytes_; }
    // Whether that was the last record of a block of which all were added, so that its hash has
    // been compared.
    bool has_block() const { return is_whole_ && !block_; }
    // The facts of the block that the record added last is in.
    const schema::BlockFacts& block() const { return last_; }
    // The records that no block's hash has confirmed, since not all of their block was added: of
    // the first block, and of the one that is not at its end.
    std::vector<SeqRange> not_covered() const;

private:
    Result<void> begin_block(const json::ReadRecord& record);
    Result<void> end_block();

    schema::CommandEncoder encoder_;
    std::vector<std::byte> bytes_;
    std::optional<schema::BlockFacts> block_;  // that is not at its end
    schema::BlockFacts last_;
    Id128 book_;
    Seq seq_;                       // of the record added last; none: there was none yet
    Seq begun_;                     // the first that was added of the block
    bool is_whole_ = false;         // all of the block's records have been added, from its first on
    std::optional<SeqRange> part_;  // of the first block, where its beginning was not added
    std::uint64_t payload_bytes_ = 0;
    journal::MerkleTree payload_;
    std::optional<journal::MerkleTree> history_;  // over all blocks so far, if there was block 1
};

}  // namespace daybook::exports
