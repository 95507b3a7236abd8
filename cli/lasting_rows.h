// LastingRows: what the projection keeps of a record for ever: a unique reference, a state or a
// limit that the record ended, a reversal. Gathered as records are decided again and looked up in
// the projection some thousand at a time, so that none of them stays in memory. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "base/result.h"
#include "base/seq.h"
#include "cli/finding.h"
#include "ledger/book.h"
#include "ledger/command.h"
#include "ledger/decide.h"
#include "ledger/entry_id.h"
#include "projector/balances.h"

namespace daybook::cli {

class LastingRows {
public:
    struct Counts {
        std::uint64_t references = 0;
        std::uint64_t past_terms = 0;
        std::uint64_t reversals = 0;
    };

    // An accepted record; `before` is the book that its decision has not been applied to yet.
    void note(Seq seq, const Command& command, const Decision& decision, const Book& before);

    // Of all records noted.
    const Counts& counts() const { return counts_; }
    std::size_t waiting() const { return waiting_.size(); }
    // The record of the first that waits.
    Seq oldest() const { return waiting_.empty() ? Seq{} : waiting_.front().seq; }

    // Looks those up that the view must have and forgets them: the first that is not there, or is
    // another.
    Result<std::optional<Finding>> compare(const projector::View& view);

private:
    struct Reference {
        std::string text;
        EntryId id;
    };
    struct Reversed {
        EntryId original;
        EntryId reversal;
        std::uint64_t postings = 0;
    };
    struct Row {
        Seq seq;
        std::variant<Reference, projector::AccountInfo, Reversed> what;
    };

    void note_reversals(Seq seq, const Decision& decision);
    void note_terms(Seq seq, const Decision& decision, const Book& before);
    static Result<std::optional<Finding>> look_up(const projector::View& view, Seq seq,
                                                  const Reference& row);
    static Result<std::optional<Finding>> look_up(const projector::View& view, Seq seq,
                                                  const projector::AccountInfo& row);
    static Result<std::optional<Finding>> look_up(const projector::View& view, Seq seq,
                                                  const Reversed& row);

    std::deque<Row> waiting_;  // in the order of the Seqs
    Counts counts_;
};

}  // namespace daybook::cli
