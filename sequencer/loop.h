// Loop: the sequencer's thread. Drains its sockets, decides into the open block, hands it over to
// the committer, answers what is durable. Private to sequencer/'s sources.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include <zmq.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "schema/receipts.h"
#include "schema/submission.h"
#include "sequencer/committer.h"
#include "sequencer/core.h"
#include "sequencer/feed.h"
#include "sequencer/ingress.h"
#include "sequencer/sequencer.h"
#include "sequencer/waiting.h"
#include "state/keeper.h"

namespace daybook::sequencer {

// Answers that wait for a commit hold at most about this much; past it nothing more is taken in.
inline constexpr std::size_t kAnswersBytesMax = std::size_t{64} << 20;
// An idle committer gets a block of this size at once, while more messages wait; a smaller one
// first takes in what else is there.
inline constexpr std::size_t kWorthCommitting = std::size_t{1} << 20;
// So few that handing them to another thread, and waiting for it, takes longer than it wins.
inline constexpr std::size_t kFewRecords = 100;
inline constexpr std::chrono::nanoseconds kRestBesideCommit = std::chrono::microseconds{100};
inline constexpr auto kIdlePoll = std::chrono::milliseconds{200};

class Sequencer::Loop {
public:
    Loop(RecordFinder finder, std::unique_ptr<Committer> committer, Options options, Clock& clock,
         const Id128& book)
        : options_{std::move(options)},
          clock_{clock},
          book_{book},
          finder_{std::move(finder)},
          committer_{std::move(committer)} {}
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    Loop(Loop&&) = delete;
    Loop& operator=(Loop&&) = delete;

    Result<void> recover(const std::shared_ptr<journal::Environment>& environment);
    Result<void> bind();
    Result<void> run();
    void stop();
    Seq head() const { return core_.head(); }

private:
    // An answer that rests on everything up to `rests_on` being durable.
    struct PendingAnswer {
        PeerId peer;
        Seq rests_on;
        zmq::message_t message;
    };

    Result<void> open_snapshot(const std::shared_ptr<journal::Environment>& environment);
    void poll();
    void rest_beside_commit();
    Result<void> take_in();
    // Forgets the keys that the snapshot has.
    Result<void> follow_snapshot();
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
    std::chrono::milliseconds idle_time();
    bool has_room_for(const Incoming& incoming);
    bool is_disk_nearly_full();
    void refuse(const Incoming& incoming, std::uint16_t code, std::uint32_t retry_after_ms);
    void answer_receipts(const Incoming& incoming);
    void queue_answer(PeerId peer, zmq::message_t message);
    void answer_bytes(const Incoming& incoming, Bytes message);
    void send_durable_answers();

    Options options_;
    Clock& clock_;
    Id128 book_;
    zmq::context_t context_{1};
    RecordFinder finder_;
    std::unique_ptr<state::Keeper> keeper_;  // null: no snapshot is kept
    Core core_{finder_};
    std::unique_ptr<Committer> committer_;
    std::optional<Ingress> ingress_;
    std::optional<Feed> feed_;
    Waiting waiting_;
    std::deque<PendingAnswer> answers_;
    std::size_t answers_bytes_ = 0;
    schema::ReceiptsBuilder receipts_;

    std::array<journal::BlockBuilder, 2> blocks_{journal::BlockBuilder{kBlockBytesMax},
                                                 journal::BlockBuilder{kBlockBytesMax}};
    journal::BlockBuilder* open_ = &blocks_[0];
    journal::BlockBuilder* in_flight_ = nullptr;
    bool is_block_open_ = false;
    Stamp last_stamp_;
    Seq durable_;
    std::chrono::steady_clock::time_point disk_measured_;
    int stop_fd_ = -1;
    bool is_stopping_ = false;
};

}  // namespace daybook::sequencer
