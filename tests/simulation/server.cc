#include "tests/simulation/server.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "ledger/outcome.h"
#include "schema/message.h"
#include "sequencer/recovery.h"

namespace daybook::simulation {

namespace {

constexpr Stamp kEpoch{1'772'366'400 * kSecond};
// As the real socket has it.
constexpr std::size_t kInboxPerPeer = 8;
// More lies in the buffers on the way.
constexpr std::size_t kInboxOfFlood = 4096;
// As the clerk has it: it makes so few durable itself.
constexpr std::size_t kFewRecords = 100;
constexpr Nanos kLookBesideCommit = 100 * kMicrosecond;
constexpr std::chrono::milliseconds kIdleMax{1000};
constexpr Nanos kSlowSyncMax = 5 * kSecond;
constexpr std::uint64_t kDiskReserve = 1 << 20;

}  // namespace

Server::Server(SimulatedJournal& journal, const Swarm& swarm, Dice dice, Trace& trace, Marks& marks,
               Send send, Taken taken)
    : journal_{journal},
      swarm_{swarm},
      dice_{dice},
      trace_{trace},
      marks_{marks},
      send_{std::move(send)},
      taken_{std::move(taken)} {
    mood.sync = swarm.sync;
}

Stamp Server::wall_clock(Nanos at) const {
    return Stamp{kEpoch.nanoseconds() + at + clock_offset};
}

void Server::start(Nanos now, std::uint64_t steps_to_death) {
    CHECK_INVARIANT(!is_running(), "one process at a time");
    local_ = now;
    steps_to_death_ = steps_to_death;
    is_dead_ = false;
    has_io_error_ = false;
    is_busy_ = false;
    failed_.reset();
    waiting_of_.clear();
    if (!recover()) return end();
    wakes_at_ = local_;
}

bool Server::recover() {
    const Seq durable = journal_.durable();
    journal_.recover();
    survivors_from_ = durable.next();
    survivors_to_ = journal_.written();
    trace_.note(local_, "recovered", durable.value(), survivors_to_.value());
    if (!step(Mark::crash_in_recovery)) return false;
    // What was read may be in the page cache only.
    local_ += sync_time();
    has_io_error_ = !disk_step(Mark::io_error_on_sync);
    if (has_io_error_ || !step(Mark::crash_in_recovery)) return false;
    journal_.sync();
    sequencer::Committer& committer = *this;
    sequencer::Peers& peers = *this;
    Clock& clock = *this;
    clerk_ = std::make_unique<sequencer::Clerk>(
        sequencer::RecordFinder{journal_.reader()}, committer, peers, clock, journal_.book(),
        sequencer::ClerkOptions{.disk_reserve_bytes = kDiskReserve,
                                .trusts_gateways = true,
                                .keeps_snapshot = false,
                                .block_bytes_max = swarm_.block_bytes_max});
    const auto reader = journal_.reader();
    const auto recovered = sequencer::recover(*reader, clerk_->core(), {});
    if (!recovered) {
        refusal_ = recovered.error().detail;
        return false;
    }
    clerk_->begin(reader->head().stamp);
    return step(Mark::crash_in_recovery);
}

// The process is gone, and what was on its way to it.
void Server::end() {
    clerk_.reset();
    inbox_.clear();
    is_busy_ = false;
}

void Server::kill() {
    if (is_busy_) marks_.hit(Mark::crash_beside_commit);
    trace_.note(local_, "killed", journal_.durable().value());
    end();
}

bool Server::turn(Nanos now) {
    local_ = std::max(local_, now);
    const auto done = clerk_->turn();
    if (is_dead_ || !done) {
        CHECK_INVARIANT(is_dead_ || has_io_error_, "a clerk fails when its disk does");
        trace_.note(local_, is_dead_ ? "died" : "stopped by its disk", journal_.durable().value());
        end();
        return false;
    }
    check_bounds();
    if (clerk_->has_work() || !inbox_.empty()) {
        wakes_at_ = local_ + kLookBesideCommit;
    } else if (is_busy_) {
        wakes_at_ = std::max(local_, finishes_at_);
    } else {
        wakes_at_ = local_ + clerk_->idle_time(kIdleMax).count() * kMillisecond;
    }
    return true;
}

// Every queue within its bound.
void Server::check_bounds() {
    const sequencer::Waiting& waiting = clerk_->waiting();
    if (!waiting.is_empty()) marks_.hit(Mark::message_waited);
    CHECK_INVARIANT(waiting.bytes() <= sequencer::Waiting::kBytesMax, "what waits is bounded");
    CHECK_INVARIANT(
        clerk_->waiting_answers_bytes() <= sequencer::kAnswersBytesMax + schema::kAnswerBytesMax,
        "answers that wait are bounded");
}

bool Server::deliver(sequencer::PeerId peer, Bytes message) {
    if (!is_running()) return false;
    if (waiting_of_.size() <= peer) waiting_of_.resize(peer + 1);
    if (waiting_of_[peer] >= (swarm_.has_flood ? kInboxOfFlood : kInboxPerPeer)) {
        marks_.hit(Mark::queue_full);
        return false;
    }
    ++waiting_of_[peer];
    inbox_.push_back({peer, {message.begin(), message.end()}});
    return true;
}

std::optional<sequencer::Incoming> Server::receive() {
    if (is_dead_ || inbox_.empty()) return std::nullopt;
    const Received received = std::move(inbox_.front());
    inbox_.pop_front();
    --waiting_of_[received.peer];
    local_ += kMicrosecond;
    if (is_busy_) marks_.hit(Mark::decided_beside_commit);
    taken_(received.bytes);
    return sequencer::Incoming{received.peer,
                               zmq::message_t{received.bytes.data(), received.bytes.size()}};
}

void Server::answer(sequencer::PeerId peer, zmq::message_t message) {
    if (!step(Mark::crash_between_commit_and_answer)) return;
    send_(peer, {message.data<std::byte>(), message.size()}, local_);
}

void Server::publish(const journal::BlockInfo& info, const journal::BlockBuilder& block) {
    CHECK_INVARIANT(block.next_seq() == info.last_seq().next(), "the block is the one committed");
    CHECK_INVARIANT(is_dead_ || info.last_seq() <= journal_.durable(),
                    "only what is durable is published");
}

bool Server::step(Mark crash) {
    if (is_dead_) return false;
    if (steps_to_death_ == 0 || --steps_to_death_ != 0) return true;
    is_dead_ = true;
    marks_.hit(crash);
    return false;
}

Result<void> Server::disk_step(Mark error) {
    if (mood.steps_to_error == 0 || --mood.steps_to_error != 0) return {};
    marks_.hit(error);
    journal_.disk().fail_sync(dice_);
    return fail(ErrorCode::io_failed, "the simulated disk failed");
}

// Nobody sees what is done from here on.
std::unexpected<Error> Server::dead() {
    failed_ = Error{ErrorCode::io_failed, "the simulated process is dead"};
    return std::unexpected{*failed_};
}

Nanos Server::sync_time() {
    const auto most = static_cast<std::uint64_t>(mood.sync);
    if (!dice_.chance(mood.slow_sync_percent)) return static_cast<Nanos>(dice_.below(most));
    marks_.hit(Mark::slow_sync);
    return static_cast<Nanos>(dice_.below(kSlowSyncMax));
}

Result<void> Server::write(journal::BlockBuilder& block) {
    if (failed_) return std::unexpected{*failed_};
    if (!step(Mark::crash_before_sync)) return dead();
    in_flight_ = journal_.write(block);
    finishes_at_ = local_ + sync_time();
    auto written = disk_step(Mark::io_error_on_write);
    if (!written) failed_ = written.error();
    return written;
}

Result<journal::BlockInfo> Server::sync() {
    if (!step(Mark::crash_before_sync)) return dead();
    if (auto done = disk_step(Mark::io_error_on_sync); !done) {
        failed_ = done.error();
        return tell_failure();
    }
    journal_.sync();
    trace_.note(local_, "durable", in_flight_.number, in_flight_.last_seq().value(),
                digest(std::as_bytes(std::span{in_flight_.hash.bytes})));
    if (!step(Mark::crash_between_commit_and_answer)) return dead();
    return in_flight_;
}

// From here on the clerk knows of it, and must not answer any more.
std::unexpected<Error> Server::tell_failure() {
    has_io_error_ = !is_dead_;  // who is dead tells nobody
    return std::unexpected{*failed_};
}

void Server::commit(journal::BlockBuilder& block) {
    CHECK_INVARIANT(!is_busy_, "one block is in flight at a time");
    // Otherwise only when the message goes on in the next block.
    if (block.record_count() <= kFewRecords) marks_.hit(Mark::message_over_two_blocks);
    is_busy_ = true;
    finishes_at_ = local_;
    // What went wrong is told with the result.
    (void)write(block);
}

Result<journal::BlockInfo> Server::commit_here(journal::BlockBuilder& block) {
    CHECK_INVARIANT(!is_busy_, "one block is in flight at a time");
    if (auto written = write(block); !written) return tell_failure();
    local_ = finishes_at_;
    return sync();
}

std::optional<Result<journal::BlockInfo>> Server::take_result() {
    if (!is_busy_ || local_ < finishes_at_) return std::nullopt;
    is_busy_ = false;
    if (failed_) return tell_failure();
    return sync();
}

void Server::wait_for_result() {
    local_ = std::max(local_, finishes_at_);
}

std::uint64_t Server::free_bytes() {
    return mood.is_full ? 0 : std::uint64_t{1} << 40;
}

}  // namespace daybook::simulation
