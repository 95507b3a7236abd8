// Core: the state machine. Takes submissions in order, deduplicates, decides, numbers, and writes
// records into the open block and receipts into the answer. No I/O, no clock; one thread.
// The block is a pure function of the state before, the submissions, the stamp and the producers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "ledger/book.h"
#include "ledger/decide.h"
#include "schema/command_codec.h"
#include "schema/receipts.h"
#include "schema/record.h"
#include "schema/submission.h"
#include "sequencer/key_index.h"
#include "sequencer/record_finder.h"

namespace daybook::sequencer {

class Core {
public:
    // `finder` must outlive the core.
    explicit Core(RecordFinder& finder) : finder_{finder} {}

    // Recovery: takes in the next record of the journal without deciding it again. `damaged` when
    // it does not follow.
    Result<void> restore(const schema::RecordView& record);

    // Decides every command of a `transfers` or `commands` message in order, into `block`, which
    // must be open at next_seq() and have room (see worst_case_bytes). An error is an I/O error:
    // the process must end.
    Result<void> execute(const schema::SubmissionView& submission, ProducerId producer,
                         journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts);

    // Answers an `outcomes` message.
    Result<void> look_up(const schema::SubmissionView& submission, ProducerId producer,
                         schema::ReceiptsBuilder& receipts);

    // Answers a `resolve` message.
    std::vector<schema::ResolvedAccount> resolve(const schema::SubmissionView& submission) const;

    // No submission of `message_bytes` bytes adds more than this to a block.
    static std::size_t worst_case_bytes(std::size_t message_bytes);

    // The last decided Seq; it may not be durable yet.
    Seq head() const { return head_; }
    Seq next_seq() const { return head_.next(); }
    const Book& book() const { return book_; }
    std::size_t key_count() const { return keys_.size(); }

private:
    struct Stated {
        CommandKind kind;
        const Id128& key;
        Bytes bytes;  // canonical
    };

    Result<void> execute_transfers(const schema::SubmissionView& submission, ProducerId producer,
                                   journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts);
    Result<void> execute_commands(const schema::SubmissionView& submission, ProducerId producer,
                                  journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts);
    void prefetch(std::span<const std::byte, schema::kTransferBytes> bytes,
                  ProducerId producer) const;
    // Answers a command whose key was bound before.
    Result<void> repeat(const Stated& stated, Seq prior, schema::ReceiptsBuilder& receipts);
    void record(const Stated& stated, ProducerId producer, journal::BlockBuilder& block,
                schema::ReceiptsBuilder& receipts);
    Result<void> restore_effects(const schema::RecordView& record);

    RecordFinder& finder_;
    Book book_;
    KeyIndex keys_;
    Seq head_;
    Decision decision_;
    schema::CommandEncoder encoder_;
};

}  // namespace daybook::sequencer
