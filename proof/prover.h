// Prover: makes proofs from a journal, reading O(log n) blocks a path. One thread at a time, as its
// Snapshot.
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"
#include "base/seq.h"
#include "journal/reader.h"
#include "proof/proof.h"

namespace daybook::proof {

class Prover {
public:
    // `snapshot` must outlive the prover and stay as it is.
    explicit Prover(journal::Snapshot& snapshot) : snapshot_{snapshot} {}

    // `head` must be a block of the snapshot, `seq` in it or before. Proofs are checked before they
    // are returned: `damaged` when the journal's own bytes do not prove it.
    Result<Inclusion> prove_record(Seq seq, const journal::BlockInfo& head);
    Result<Consistency> prove_extension(const journal::BlockInfo& old_head,
                                        const journal::BlockInfo& head);

    // The block whose last Seq this is; `not_found` when no block ends there.
    Result<journal::BlockInfo> block_ending(Seq seq);

private:
    Result<Path> path_in_block(const journal::BlockView& block, Seq seq) const;
    // Nodes of the history before `head`.
    Result<Path> path_in_history(const std::vector<Range>& ranges, const journal::BlockInfo& head);
    Result<Hash256> node_of_history(const Range& range);
    Result<journal::BlockView> block_numbered(std::uint64_t number);
    Result<journal::BlockView> block_of(Seq seq);

    journal::Snapshot& snapshot_;
};

}  // namespace daybook::proof
