// Verifying a whole journal: every byte of every block, and that the blocks are one chain.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "journal/block.h"
#include "journal/merkle.h"

namespace daybook::journal {

class Snapshot;

// The first place where a journal is not what was written.
struct Damage {
    Seq seq;             // the first that can't be relied on
    std::string what;    // one sentence, or the name of the value that differs
    std::string stored;  // both empty when there is nothing to compare
    std::string recomputed;
};

// As an error that names `block` and the Seq.
Error error_of(const BlockInfo& block, const Damage& damage);

// Takes the stored blocks in their order. One thread.
class ChainCheck {
public:
    // The genesis block's book is `book`.
    explicit ChainCheck(const Id128& book) : book_{book} {}
    // The first one follows `head`, which must have been verified.
    explicit ChainCheck(const BlockView& head);

    // The next value of the database, with its key. Nothing when it is, to the byte, a block that
    // continues the chain; `visit` has then seen each of its records.
    std::optional<Damage> check(Bytes key, Bytes stored, const BlockView::Visit& visit = {});

    // The same of a block under the key that is its own.
    std::optional<Damage> check(const BlockView& block, const BlockView::Visit& visit = {});

    // Of the blocks checked so far; there must be one.
    const BlockInfo& last() const { return last_; }
    std::uint64_t block_count() const { return history_.leaf_count(); }
    // The Seq after them.
    Seq next_seq() const { return block_count() == 0 ? Seq{1} : last_.last_seq().next(); }

private:
    std::optional<Damage> check_place(std::uint64_t key, const BlockInfo& block) const;
    std::optional<Damage> check_links(const BlockView& view) const;

    Id128 book_;
    BlockInfo last_;
    MerkleTree history_;  // over their hashes
};

// Walks from the genesis block to the head `snapshot` has when called. `progress` is called after
// each verified block. `damaged` names the first bad block or Seq. The snapshot is refreshed about
// once a second, so it may have moved on when this returns.
Result<void> verify_chain(Snapshot& snapshot,
                          const std::function<void(const BlockInfo&)>& progress = {});

}  // namespace daybook::journal
