// Server: the sequencer's process. The clerk in it is the product's; its peers, its committer and
// its clock are simulated. It may die at any of its steps: what it does after that nobody sees.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sequencer/clerk.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/journal.h"
#include "tests/simulation/marks.h"
#include "tests/simulation/swarm.h"
#include "tests/simulation/trace.h"

namespace daybook::simulation {

// What the disk does, as the run's faults want it now.
struct DiskMood {
    Nanos sync = 0;                       // at most
    std::uint64_t slow_sync_percent = 0;  // of syncs that take up to 5 s
    std::uint64_t steps_to_error = 0;     // 0: none comes
    bool is_full = false;
};

class Server final : private sequencer::Peers, private sequencer::Committer, private Clock {
public:
    // Told of every answer that leaves, with the moment.
    using Send = std::function<void(sequencer::PeerId, Bytes, Nanos)>;
    // Told of every message that the clerk takes in.
    using Taken = std::function<void(Bytes)>;

    Server(SimulatedJournal& journal, const Swarm& swarm, Dice dice, Trace& trace, Marks& marks,
           Send send, Taken taken);
    ~Server() override = default;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    Server(Server&&) = delete;
    Server& operator=(Server&&) = delete;

    // Starts the process; it dies of itself after so many steps (0: it does not). Replays the
    // journal and makes durable what it has read, before anything else.
    void start(Nanos now, std::uint64_t steps_to_death);
    bool is_running() const { return clerk_ != nullptr; }
    // Why it refused to start from its journal; empty when it did not.
    const std::string& refusal() const { return refusal_; }
    // One turn of the clerk. False when the process has ended.
    bool turn(Nanos now);
    // It is killed now.
    void kill();
    // Nothing lets it die any more.
    void lives_on() { steps_to_death_ = 0; }

    // False when the socket's queue is full.
    bool deliver(sequencer::PeerId peer, Bytes message);

    // When it next has something to do, if nothing comes.
    Nanos wakes_at() const { return wakes_at_; }
    // Until when it does not look up.
    Nanos busy_until() const { return local_; }
    // Up to when what it has begun takes; nothing new is slow in the end.
    Nanos settled_at() const { return is_busy_ ? std::max(local_, finishes_at_) : local_; }

    // A block is being made durable beside it.
    bool is_committing() const { return is_busy_; }
    bool has_undurable() const { return clerk_->has_undurable(); }
    const sequencer::Core& core() const { return clerk_->core(); }
    Nanos clock_offset = 0;
    DiskMood mood;
    bool has_failed() const { return has_io_error_; }
    Stamp wall_clock(Nanos at) const;
    // The Seqs that were written but not durable when the process before ended.
    Seq survivors_from() const { return survivors_from_; }
    Seq survivors_to() const { return survivors_to_; }

private:
    struct Received {
        sequencer::PeerId peer;
        std::vector<std::byte> bytes;
    };

    // Peers.
    std::optional<sequencer::Incoming> receive() override;
    void answer(sequencer::PeerId peer, zmq::message_t message) override;
    void publish(const journal::BlockInfo& info, const journal::BlockBuilder& block) override;
    // Committer.
    bool is_busy() const override { return is_busy_; }
    void commit(journal::BlockBuilder& block) override;
    Result<journal::BlockInfo> commit_here(journal::BlockBuilder& block) override;
    std::optional<Result<journal::BlockInfo>> take_result() override;
    void wait_for_result() override;
    std::uint64_t free_bytes() override;
    // Clock.
    Stamp now() override { return wall_clock(local_); }

    bool recover();
    void end();
    void check_bounds();
    // The process makes a step; false when it is dead by now.
    bool step(Mark crash);
    // The disk does something; an error when it fails.
    Result<void> disk_step(Mark error);
    Result<void> write(journal::BlockBuilder& block);
    Result<journal::BlockInfo> sync();
    std::unexpected<Error> tell_failure();
    std::unexpected<Error> dead();
    Nanos sync_time();

    SimulatedJournal& journal_;
    const Swarm& swarm_;
    Dice dice_;
    Trace& trace_;
    Marks& marks_;
    Send send_;
    Taken taken_;
    std::unique_ptr<sequencer::Clerk> clerk_;
    std::deque<Received> inbox_;
    std::vector<std::size_t> waiting_of_;  // in the inbox, by peer
    Nanos local_ = 0;                      // the process's own time; it runs ahead within a turn
    Nanos wakes_at_ = 0;
    std::uint64_t steps_to_death_ = 0;
    bool is_dead_ = false;
    bool has_io_error_ = false;
    // The block in flight.
    bool is_busy_ = false;
    Nanos finishes_at_ = 0;
    journal::BlockInfo in_flight_;
    std::optional<Error> failed_;
    std::string refusal_;
    Seq survivors_from_;
    Seq survivors_to_;
};

}  // namespace daybook::simulation
