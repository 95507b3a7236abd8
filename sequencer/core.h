// Core: the state machine. Takes submissions in order, deduplicates, decides, numbers, and writes
// records into the open block and receipts into the answer. No clock, and no I/O but for records
// and keys of the past; one thread. The block is a pure function of the state before, the
// submissions, the stamp and the producers.
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
#include "sequencer/fact_finder.h"
#include "sequencer/record_finder.h"
#include "sequencer/seen_keys.h"
#include "state/keeper.h"

namespace daybook::sequencer {

// A block takes in no more once it holds this much.
inline constexpr std::size_t kBlockBytesMax = std::size_t{16} << 20;

class Core {
public:
    // `finder` must outlive the core.
    explicit Core(RecordFinder& finder, std::size_t block_bytes_max = kBlockBytesMax)
        : finder_{finder}, block_bytes_max_{block_bytes_max} {}

    // Recovery: starts from the book that the snapshot saved, if there is one.
    Result<void> take_over(const state::Keeper& snapshot);
    // The snapshot has grown: what it holds need not stay in memory.
    void take_keys(state::PublishedKeys older) { keys_.take(std::move(older)); }
    Seq older_keys_seq() const { return keys_.older_seq(); }
    // How many records were decided since.
    std::uint64_t keys_behind() const {
        return head() <= older_keys_seq() ? 0 : head().value() - older_keys_seq().value();
    }

    // Recovery: takes in the next record of the journal, of a block with this stamp. What its
    // touches say is not decided again. `damaged` when it does not follow.
    Result<void> restore(const schema::RecordView& record, Stamp stamp);

    // Expires what is due at the block's stamp, until nothing is left or the block is full.
    // Commands may enter a block only when nothing is left (has_due).
    void expire_due(journal::BlockBuilder& block);
    bool has_due(Stamp stamp) const { return book_.holds().due_at(stamp).has_value(); }

    // Decides the commands of a `transfers` or `commands` message in order, from number `done` on,
    // into `block`, which must be open at next_seq() and have room (see room_for). Stops when the
    // block is full; `done` is how many have been decided. An error is an I/O error: the process
    // must end.
    Result<void> execute(const schema::SubmissionView& submission, ProducerId producer,
                         journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts,
                         std::size_t& done);

    // Says what `execute` would decide of each command on its own at the head, in a block with this
    // stamp.
    Result<void> dry_run(const schema::SubmissionView& submission, ProducerId producer, Stamp stamp,
                         schema::ReceiptsBuilder& receipts);

    // Answers an `outcomes` message.
    Result<void> look_up(const schema::SubmissionView& submission, ProducerId producer,
                         schema::ReceiptsBuilder& receipts);

    // Answers a `resolve` message.
    std::vector<schema::ResolvedAccount> resolve(const schema::SubmissionView& submission) const;

    // How much room `execute` wants in a block for a message; when it needs more it stops.
    static std::size_t room_for(std::size_t message_bytes);

    // The last decided Seq; it may not be durable yet.
    Seq head() const { return head_; }
    Seq next_seq() const { return head_.next(); }
    const Book& book() const { return book_; }
    std::size_t keys_in_memory() const { return keys_.in_memory(); }

private:
    struct Stated {
        CommandKind kind;
        const Id128& key;
        Bytes bytes;  // canonical
    };

    // The command of a frame; `canonical` are its bytes until the next call. A malformed one is
    // answered, and nothing is returned.
    std::optional<Command> read_frame(Bytes frame, Bytes& canonical,
                                      schema::ReceiptsBuilder& receipts);
    Result<void> execute_transfers(const schema::SubmissionView& submission, ProducerId producer,
                                   journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts,
                                   std::size_t& done);
    Result<void> execute_commands(const schema::SubmissionView& submission, ProducerId producer,
                                  journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts,
                                  std::size_t& done);
    Result<void> execute_command(const Command& command, Bytes canonical, ProducerId producer,
                                 journal::BlockBuilder& block, schema::ReceiptsBuilder& receipts);
    Result<void> try_out(const Command& command, const Stated& stated, ProducerId producer,
                         Stamp stamp, schema::ReceiptsBuilder& receipts);
    // The Seq that bound the key before; nothing if this call binds it to the next Seq.
    Result<std::optional<Seq>> bind_key(const Id128& key, ProducerId producer);
    Result<std::optional<Seq>> find_key(const Id128& key, ProducerId producer);
    void prefetch(std::span<const std::byte, schema::kTransferBytes> bytes,
                  ProducerId producer) const;
    // Answers a command whose key was bound before.
    Result<void> repeat(const Stated& stated, Seq prior, schema::ReceiptsBuilder& receipts);
    void record(const Stated& stated, ProducerId producer, journal::BlockBuilder& block);
    Result<void> restore_effects(const schema::RecordView& record, Stamp stamp);
    Result<void> restore_touches(const schema::RecordView& record);
    Result<void> decide_again(const schema::RecordView& record, const Command& command,
                              Stamp stamp);

    RecordFinder& finder_;
    std::size_t block_bytes_max_;
    Book book_;
    SeenKeys keys_;
    FactFinder facts_{finder_, keys_};
    Seq head_;
    Decision decision_;
    schema::CommandEncoder encoder_;
};

}  // namespace daybook::sequencer
