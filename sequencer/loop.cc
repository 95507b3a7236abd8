#include "sequencer/loop.h"

#include <array>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include <spdlog/spdlog.h>

#include "base/check.h"
#include "journal/reader.h"
#include "sequencer/recovery.h"

namespace daybook::sequencer {

using std::chrono::steady_clock;

namespace {

constexpr std::chrono::nanoseconds kRestBesideCommit = std::chrono::microseconds{100};
constexpr std::chrono::milliseconds kIdlePoll{200};

}  // namespace

Sequencer::Loop::Loop(RecordFinder finder, std::unique_ptr<CommitterThread> committer,
                      Options options, Clock& clock, const Id128& book)
    : options_{std::move(options)},
      book_{book},
      committer_{std::move(committer)},
      clerk_{std::move(finder),
             *committer_,
             *this,
             clock,
             book,
             {.disk_reserve_bytes = options_.disk_reserve_bytes,
              .trusts_gateways = options_.trusts_gateways,
              .keeps_snapshot = !options_.state.empty()}} {}

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
    Core& core = clerk_.core();
    const Seq saved = core.head();
    const auto started = steady_clock::now();
    auto told = started;
    auto recovered = sequencer::recover(*snapshot, core, [&](Seq done, Seq head) {
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
                 core.head().value() - saved.value(), saved.value(), elapsed.count(),
                 core.book().account_count(), core.book().asset_count());
    clerk_.begin(snapshot->head().stamp);
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
    return clerk_.core().take_over(*keeper_);
}

Result<void> Sequencer::Loop::follow_snapshot() {
    if (!keeper_) return {};
    if (keeper_->has_failed()) return keeper_->stop();
    Core& core = clerk_.core();
    if (auto news = keeper_->published_after(core.older_keys_seq())) {
        core.take_keys(*std::move(news));
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
    while (!is_stopping_ || clerk_.has_undurable()) {
        poll();
        if (auto followed = follow_snapshot(); !followed) return followed;
        if (auto done = clerk_.turn(); !done) return done;
    }
    ingress_->finish();
    if (keeper_) {
        if (auto saved = keeper_->stop(); !saved) return saved;
    }
    spdlog::info("stopped at seq {}; {} answers could not be delivered, {} messages were not ours",
                 clerk_.durable().value(), ingress_->dropped_answers(),
                 ingress_->dropped_messages());
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
    try {
        // Once stopping, only the committer has something to tell.
        zmq::poll(items.data(), is_stopping_ ? 1 : items.size(),
                  clerk_.has_work() ? std::chrono::milliseconds{0} : clerk_.idle_time(kIdlePoll));
    } catch (const zmq::error_t&) {
        // Interrupted by a signal: the loop looks at everything anyway.
    }
    if ((items[1].revents & ZMQ_POLLIN) != 0) note_stop();
    if (feed_) feed_->count_subscribers();
}

// Nothing can be answered before the commit ends. To be woken by each message meanwhile would cost
// more than deciding it; looking now and then keeps the next block filling all the same.
void Sequencer::Loop::rest_beside_commit() {
    std::array<pollfd, 2> fds{{{committer_->result_fd(), POLLIN, 0}, {stop_fd_, POLLIN, 0}}};
    const timespec rest{.tv_sec = 0, .tv_nsec = kRestBesideCommit.count()};
    ppoll(fds.data(), fds.size(), &rest, nullptr);
    if ((fds[1].revents & POLLIN) != 0) note_stop();
}

void Sequencer::Loop::note_stop() {
    is_stopping_ = true;
    clerk_.stop();
}

}  // namespace daybook::sequencer
