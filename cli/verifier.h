// Verifier: decides every command again on a book of its own and compares with what the journal
// says. Bytes in, findings out. Whether a key was bound before is for KeyCheck to say. One thread;
// stop at the first finding.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/seq.h"
#include "cli/finding.h"
#include "cli/lasting_rows.h"
#include "cli/replay.h"
#include "cli/trial.h"
#include "ledger/book.h"
#include "ledger/outcome.h"
#include "schema/record.h"

namespace daybook::cli {

class Verifier {
public:
    // `finder` finds the records before the one checked; it must outlive the verifier.
    explicit Verifier(sequencer::RecordFinder& finder) : replay_{finder} {}

    // From now on `rows` is told what the records leave in a projection; null: no more.
    void tell(LastingRows* rows) { replay_.tell(rows); }

    // Brings what checking this record will touch closer.
    void prefetch(Bytes record) const { replay_.prefetch(record); }

    // The record after head(), of a block with this stamp. Nothing when it is, byte for byte, what
    // the commands before it make of its command, and leaves the trial balance at zero.
    std::optional<Finding> check(Bytes record, Stamp stamp);

    // The last record checked.
    Seq head() const { return head_; }
    std::uint64_t accepted() const { return outcomes_[0]; }
    std::uint64_t rejected() const { return head_.value() - accepted(); }
    // How many records ended so, by rejection; of `none`: accepted.
    using Outcomes = std::array<std::uint64_t, code_of(kRejectionLast) + 1>;
    const Outcomes& outcomes() const { return outcomes_; }
    // As it stands after head().
    const Book& book() const { return replay_.book(); }

private:
    std::optional<Finding> check_producer(const schema::RecordView& record, Stamp stamp);
    std::optional<Finding> compare(const schema::RecordView& record, Bytes stored);

    Replay replay_;
    Trial trial_;
    Seq head_;
    Outcomes outcomes_{};
};

}  // namespace daybook::cli
