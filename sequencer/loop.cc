#include "sequencer/loop.h"

#include <algorithm>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <spdlog/spdlog.h>

#include "base/check.h"
#include "journal/reader.h"
#include "sequencer/recovery.h"

namespace daybook::sequencer {

using std::chrono::steady_clock;

Sequencer::Loop::~Loop() {
    // The committer may still be writing a block of ours: it goes first.
    committer_.reset();
    if (stop_fd_ >= 0) close(stop_fd_);
}

Result<void> Sequencer::Loop::recover(const std::shared_ptr<journal::Environment>& environment) {
    stop_fd_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (stop_fd_ < 0) return fail(ErrorCode::io_failed, "cannot make an event descriptor");
    auto snapshot = journal::Snapshot::open(environment);
    if (!snapshot) return std::unexpected{snapshot.error()};
    if (auto opened = open_snapshot(environment); !opened) return opened;
    if (auto refreshed = snapshot->refresh(); !refreshed) return refreshed;
    const Seq saved = core_.head();
    const auto started = steady_clock::now();
    auto told = started;
    auto recovered = sequencer::recover(*snapshot, core_, [&](Seq done, Seq head) {
        if (steady_clock::now() - told < std::chrono::seconds{2}) return;
        told = steady_clock::now();
        const std::chrono::duration<double> elapsed = told - started;
        const double rate = static_cast<double>(done.value() - saved.value()) / elapsed.count();
        spdlog::info("replaying the journal: {} of {} records, {:.0f}/s, {:.0f} s to go",
                     done.value(), head.value(), rate,
                     static_cast<double>(head.value() - done.value()) / rate);
    });
    if (!recovered) return recovered;
    const std::chrono::duration<double> elapsed = steady_clock::now() - started;
    spdlog::info("replayed {} records after seq {} in {:.2f} s: {} accounts, {} assets",
                 core_.head().value() - saved.value(), saved.value(), elapsed.count(),
                 core_.book().account_count(), core_.book().asset_count());
    durable_ = core_.head();
    last_stamp_ = snapshot->head().stamp;
    finder_.set_blocks(open_, nullptr);
    if (keeper_) keeper_->start();
    return {};
}

Result<void> Sequencer::Loop::open_snapshot(
    const std::shared_ptr<journal::Environment>& environment) {
    // A longer tail is folded into the snapshot first, so that its keys don't fill the memory.
    constexpr std::uint64_t kTailMax = std::uint64_t{1} << 22;
    if (options_.state.empty()) return {};
    auto keeper = state::Keeper::open(environment, options_.state, options_.disk_reserve_bytes);
    if (!keeper) return std::unexpected{keeper.error()};
    keeper_ = *std::move(keeper);
    const auto head = journal::Snapshot::open(environment);
    if (!head) return std::unexpected{head.error()};
    if (head->head_seq().value() - keeper_->book_seq().value() > kTailMax) {
        if (auto done = keeper_->catch_up(); !done) return done;
    }
    return core_.take_over(*keeper_);
}

Result<void> Sequencer::Loop::follow_snapshot() {
    if (!keeper_) return {};
    if (keeper_->has_failed()) return keeper_->stop();
    if (auto news = keeper_->published_after(core_.older_keys_seq())) {
        core_.take_keys(*std::move(news));
    }
    return {};
}

Result<void> Sequencer::Loop::bind() {
    auto ingress = Ingress::open(context_, options_.listen);
    if (!ingress) return std::unexpected{ingress.error()};
    ingress_ = *std::move(ingress);
    if (options_.feed.empty()) return {};
    auto feed = Feed::open(context_, options_.feed, book_);
    if (!feed) return std::unexpected{feed.error()};
    feed_ = *std::move(feed);
    return {};
}

Result<void> Sequencer::Loop::run() {
    while (!is_stopping_ || committer_->is_busy() || is_block_open_) {
        poll();
        if (!is_stopping_) expire_due();
        if (auto followed = follow_snapshot(); !followed) return followed;
        auto advanced = advance(kWorthCommitting);
        if (!advanced) return advanced;
        auto taken = take_in();
        if (!taken) return taken;
        advanced = advance(1);
        if (!advanced) return advanced;
    }
    ingress_->finish();
    if (keeper_) {
        if (auto saved = keeper_->stop(); !saved) return saved;
    }
    spdlog::info("stopped at seq {}; {} answers could not be delivered, {} messages were not ours",
                 durable_.value(), ingress_->dropped_answers(), ingress_->dropped_messages());
    return {};
}

void Sequencer::Loop::stop() {
    const std::uint64_t one = 1;
    const auto written = write(stop_fd_, &one, sizeof one);
    CHECK_INVARIANT(written == sizeof one, "an event descriptor takes a count of one");
}

void Sequencer::Loop::poll() {
    if (committer_->is_busy() && !is_stopping_) return rest_beside_commit();
    std::array<zmq::pollitem_t, 3> items{{{nullptr, committer_->result_fd(), ZMQ_POLLIN, 0},
                                          {nullptr, stop_fd_, ZMQ_POLLIN, 0},
                                          {ingress_->handle(), 0, ZMQ_POLLIN, 0}}};
    const bool has_work = !committer_->is_busy() && (is_block_open_ || !waiting_.is_empty());
    try {
        // Once stopping, only the committer has something to tell.
        zmq::poll(items.data(), is_stopping_ ? 1 : items.size(),
                  has_work ? std::chrono::milliseconds{0} : idle_time());
    } catch (const zmq::error_t&) {
        // Interrupted by a signal: the loop looks at everything anyway.
    }
    if ((items[1].revents & ZMQ_POLLIN) != 0) is_stopping_ = true;
    if (feed_) feed_->count_subscribers();
}

// Nothing can be answered before the commit ends. To be woken by each message meanwhile would cost
// more than deciding it; looking now and then keeps the next block filling all the same.
void Sequencer::Loop::rest_beside_commit() {
    std::array<pollfd, 2> fds{{{committer_->result_fd(), POLLIN, 0}, {stop_fd_, POLLIN, 0}}};
    const timespec rest{.tv_sec = 0, .tv_nsec = kRestBesideCommit.count()};
    ppoll(fds.data(), fds.size(), &rest, nullptr);
    if ((fds[1].revents & POLLIN) != 0) is_stopping_ = true;
}

std::chrono::milliseconds Sequencer::Loop::idle_time() {
    const auto next = core_.book().holds().next_expiry();
    // While a block is open nothing more can expire; the committer says when it has gone.
    if (!next || is_block_open_ || is_stopping_ || is_disk_nearly_full()) return kIdlePoll;
    const std::chrono::nanoseconds left{next->nanoseconds() - clock_.now().nanoseconds()};
    const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(left);
    return std::clamp(rounded_up, std::chrono::milliseconds{0}, kIdlePoll);
}

void Sequencer::Loop::open_block() {
    last_stamp_ = std::max(last_stamp_, clock_.now());
    open_->begin(core_.next_seq(), last_stamp_);
    is_block_open_ = true;
    core_.expire_due(*open_);
}

Result<void> Sequencer::Loop::open_next_block() {
    while (committer_->is_busy()) {
        std::array<zmq::pollitem_t, 1> result{{{nullptr, committer_->result_fd(), ZMQ_POLLIN, 0}}};
        try {
            zmq::poll(result.data(), result.size(), kIdlePoll);
        } catch (const zmq::error_t&) {
            // Interrupted by a signal.
        }
        auto finished = finish_block();
        if (!finished) return finished;
    }
    start_commit();
    // Under the same stamp, so that nothing more falls due in the middle of a message.
    is_block_open_ = true;
    core_.expire_due(*open_);
    return {};
}

bool Sequencer::Loop::must_expire() {
    return core_.has_due(std::max(last_stamp_, clock_.now())) && !is_disk_nearly_full();
}

void Sequencer::Loop::expire_due() {
    if (is_block_open_ || !must_expire()) return;
    open_block();
    if (open_->is_empty()) is_block_open_ = false;  // the clock went back in between
}

Result<void> Sequencer::Loop::advance(std::size_t worth_bytes) {
    auto finished = finish_block();
    if (!finished) return finished;
    const bool is_worth_it = is_block_open_ && open_->payload_bytes() >= worth_bytes;
    if (!committer_->is_busy() && is_worth_it) {
        if (open_->record_count() > kFewRecords) {
            start_commit();
        } else if (auto committed = commit_here(); !committed) {
            return committed;
        }
    }
    send_durable_answers();
    return {};
}

void Sequencer::Loop::start_commit() {
    close_block();
    committer_->commit(*in_flight_);
}

Result<void> Sequencer::Loop::commit_here() {
    close_block();
    return settle(committer_->commit_here(*in_flight_));
}

void Sequencer::Loop::close_block() {
    in_flight_ = open_;
    open_ = open_ == blocks_.data() ? &blocks_[1] : blocks_.data();
    is_block_open_ = false;
    open_->begin(core_.next_seq(), last_stamp_);
    finder_.set_blocks(open_, in_flight_);
}

Result<void> Sequencer::Loop::finish_block() {
    const auto result = committer_->take_result();
    return result ? settle(*result) : Result<void>{};
}

Result<void> Sequencer::Loop::settle(const Result<journal::BlockInfo>& committed) {
    if (!committed) return std::unexpected{committed.error()};
    const journal::BlockInfo& info = *committed;
    CHECK_INVARIANT(info.first_seq == durable_.next(), "blocks become durable in order");
    durable_ = info.last_seq();
    if (feed_) feed_->publish(info, *in_flight_);
    in_flight_ = nullptr;
    finder_.set_blocks(open_, nullptr);
    return finder_.refresh();
}

}  // namespace daybook::sequencer
