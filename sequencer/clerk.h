// Clerk: the sequencer between its peers and its committer. Takes messages in, decides them into
// the open block, hands blocks over, keeps each answer until what it rests on is durable. Knows no
// sockets, threads or files: they are behind Peers, Committer and Clock. One thread: the
// sequencer's. Private to sequencer/'s sources.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

#include <zmq.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "schema/receipts.h"
#include "schema/submission.h"
#include "sequencer/committer.h"
#include "sequencer/core.h"
#include "sequencer/peers.h"
#include "sequencer/waiting.h"

namespace daybook::sequencer {

// Answers that wait for a commit hold at most about this much; past it nothing more is taken in.
inline constexpr std::size_t kAnswersBytesMax = std::size_t{64} << 20;

// An idle committer gets a block of this size at once, while more messages wait; a smaller one
// first takes in what else is there.
inline constexpr std::size_t kWorthCommitting = std::size_t{1} << 20;

struct ClerkOptions {
    std::uint64_t disk_reserve_bytes = 0;
    bool trusts_gateways = false;
    bool keeps_snapshot = false;  // keys in memory become fewer by themselves
    std::size_t block_bytes_max = kBlockBytesMax;
};

class Clerk {
public:
    // All but the finder must outlive it.
    Clerk(RecordFinder finder, Committer& committer, Peers& peers, Clock& clock, const Id128& book,
          const ClerkOptions& options);
    ~Clerk() = default;
    Clerk(const Clerk&) = delete;
    Clerk& operator=(const Clerk&) = delete;
    Clerk(Clerk&&) = delete;
    Clerk& operator=(Clerk&&) = delete;

    Core& core() { return core_; }
    const Core& core() const { return core_; }

    // Once the core has been brought to the journal's head, which is durable and has this stamp.
    void begin(Stamp head_stamp);
    // Does what is to be done now: expires, takes messages in, commits, answers. An error means
    // that the state of the disk is unknown: the process must end.
    Result<void> turn();
    // Nothing more is taken in or expires; what has been decided is still committed and answered.
    void stop() { is_stopping_ = true; }

    // There is something to do before anything comes.
    bool has_work() const {
        return !committer_.is_busy() && (is_block_open_ || !waiting_.is_empty());
    }
    // Something decided is not durable yet.
    bool has_undurable() const { return committer_.is_busy() || is_block_open_; }
    // How long nothing expires, `most` at most.
    std::chrono::milliseconds idle_time(std::chrono::milliseconds most);

    Seq durable() const { return durable_; }
    std::size_t waiting_answers_bytes() const { return answers_bytes_; }
    const Waiting& waiting() const { return waiting_; }

private:
    // An answer that rests on everything up to `rests_on` being durable.
    struct PendingAnswer {
        PeerId peer;
        Seq rests_on;
        zmq::message_t message;
    };

    Result<void> take_in();
    Result<void> handle(const Incoming& incoming);
    Result<void> handle_known(const Incoming& incoming, const schema::SubmissionView& submission);
    Result<void> execute(const Incoming& incoming, const schema::SubmissionView& submission);
    Result<void> dry_run(const Incoming& incoming, const schema::SubmissionView& submission);
    // Takes the committer's result, hands it the open block if that holds `worth_bytes`, and sends
    // what has become durable.
    Result<void> advance(std::size_t worth_bytes);
    Result<void> finish_block();
    Result<void> settle(const Result<journal::BlockInfo>& committed);
    void start_commit();
    Result<void> commit_here();
    // The open block becomes the one in flight.
    void close_block();
    // The block takes commands in only when nothing is due to expire any more.
    void open_block();
    // Hands the open block over, waiting for the committer, and opens the next one, of the same
    // stamp.
    Result<void> open_next_block();
    bool must_expire();
    // Opens a block of its own for holds whose time is over.
    void expire_due();
    bool has_room_for(const Incoming& incoming);
    bool is_disk_nearly_full();  // and says so when it begins and ends
    void refuse(const Incoming& incoming, std::uint16_t code, std::uint32_t retry_after_ms);
    void answer_receipts(const Incoming& incoming);
    void queue_answer(PeerId peer, zmq::message_t message);
    void answer_bytes(const Incoming& incoming, Bytes message);
    void send_durable_answers();

    ClerkOptions options_;
    Committer& committer_;
    Peers& peers_;
    Clock& clock_;
    Id128 book_;
    RecordFinder finder_;
    Core core_;
    Waiting waiting_;
    std::deque<PendingAnswer> answers_;
    std::size_t answers_bytes_ = 0;
    schema::ReceiptsBuilder receipts_;

    std::array<journal::BlockBuilder, 2> blocks_;
    journal::BlockBuilder* open_ = &blocks_[0];
    journal::BlockBuilder* in_flight_ = nullptr;
    bool is_block_open_ = false;
    Stamp last_stamp_;
    Seq durable_;
    bool is_stopping_ = false;
    bool was_disk_nearly_full_ = false;
};

}  // namespace daybook::sequencer
