// Verifier: decides every command again on a book of its own and compares with what the journal
// says. Bytes in, findings out. One thread; stop at the first finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/seq.h"
#include "cli/finding.h"
#include "cli/trial.h"
#include "ledger/book.h"
#include "ledger/decide.h"
#include "schema/command_codec.h"
#include "schema/record.h"
#include "sequencer/fact_finder.h"
#include "sequencer/seen_keys.h"

namespace daybook::cli {

class Verifier {
public:
    // `finder` finds the records before the one checked; it must outlive the verifier.
    explicit Verifier(sequencer::RecordFinder& finder) : facts_{finder, keys_} {}

    // The record after head(), of a block with this stamp. Nothing when it is, byte for byte, what
    // the commands before it make of its command, and leaves the trial balance at zero.
    std::optional<Finding> check(Bytes record, Stamp stamp);

    // The last record checked.
    Seq head() const { return head_; }
    std::uint64_t accepted() const { return accepted_; }
    std::uint64_t rejected() const { return head_.value() - accepted_; }
    // As it stands after head().
    const Book& book() const { return book_; }

private:
    std::optional<Finding> decide_again(const schema::RecordView& record, Stamp stamp,
                                        Bytes& canonical);
    std::optional<Finding> check_producer(const schema::RecordView& record, Stamp stamp);
    std::optional<Finding> compare(const schema::RecordView& record, Bytes stored, Bytes canonical);
    std::optional<Finding> compare_touch(const schema::RecordView& record, std::size_t index) const;

    Book book_;
    sequencer::SeenKeys keys_;
    sequencer::FactFinder facts_;
    Trial trial_;
    Seq head_;
    std::uint64_t accepted_ = 0;
    Decision decision_;
    schema::CommandEncoder encoder_;
    std::vector<std::byte> recomputed_;
};

// How findings name an account: `users:alice (number 7)`.
std::string describe(const Book& book, AccountNumber number);

}  // namespace daybook::cli
