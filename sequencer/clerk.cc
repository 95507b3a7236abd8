#include "sequencer/clerk.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace daybook::sequencer {

namespace {

// So few that handing them to another thread, and waiting for it, takes longer than it wins.
constexpr std::size_t kFewRecords = 100;

}  // namespace

Clerk::Clerk(RecordFinder finder, Committer& committer, Peers& peers, Clock& clock,
             const Id128& book, const ClerkOptions& options)
    : options_{options},
      committer_{committer},
      peers_{peers},
      clock_{clock},
      book_{book},
      finder_{std::move(finder)},
      core_{finder_, options.block_bytes_max},
      blocks_{journal::BlockBuilder{options.block_bytes_max},
              journal::BlockBuilder{options.block_bytes_max}} {}

void Clerk::begin(Stamp head_stamp) {
    durable_ = core_.head();
    last_stamp_ = head_stamp;
    finder_.set_blocks(open_, nullptr);
}

Result<void> Clerk::turn() {
    if (!is_stopping_) expire_due();
    auto done = advance(kWorthCommitting);
    if (done) done = take_in();
    if (done) done = advance(1);
    return done;
}

std::chrono::milliseconds Clerk::idle_time(std::chrono::milliseconds most) {
    const auto next = core_.book().holds().next_expiry();
    // While a block is open nothing more can expire; the committer says when it has gone.
    if (!next || is_block_open_ || is_stopping_ || is_disk_nearly_full()) return most;
    const std::chrono::nanoseconds left{next->nanoseconds() - clock_.now().nanoseconds()};
    const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(left);
    return std::clamp(rounded_up, std::chrono::milliseconds{0}, most);
}

void Clerk::open_block() {
    last_stamp_ = std::max(last_stamp_, clock_.now());
    open_->begin(core_.next_seq(), last_stamp_);
    is_block_open_ = true;
    core_.expire_due(*open_);
}

Result<void> Clerk::open_next_block() {
    while (committer_.is_busy()) {
        committer_.wait_for_result();
        auto finished = finish_block();
        if (!finished) return finished;
    }
    start_commit();
    // Under the same stamp, so that nothing more falls due in the middle of a message.
    is_block_open_ = true;
    core_.expire_due(*open_);
    return {};
}

bool Clerk::must_expire() {
    return core_.has_due(std::max(last_stamp_, clock_.now())) && !is_disk_nearly_full();
}

void Clerk::expire_due() {
    if (is_block_open_ || !must_expire()) return;
    open_block();
    if (open_->is_empty()) is_block_open_ = false;  // the clock went back in between
}

Result<void> Clerk::advance(std::size_t worth_bytes) {
    auto finished = finish_block();
    if (!finished) return finished;
    const bool is_worth_it = is_block_open_ && open_->payload_bytes() >= worth_bytes;
    if (!committer_.is_busy() && is_worth_it) {
        if (open_->record_count() > kFewRecords) {
            start_commit();
        } else if (auto committed = commit_here(); !committed) {
            return committed;
        }
    }
    send_durable_answers();
    return {};
}

void Clerk::start_commit() {
    close_block();
    committer_.commit(*in_flight_);
}

Result<void> Clerk::commit_here() {
    close_block();
    return settle(committer_.commit_here(*in_flight_));
}

void Clerk::close_block() {
    in_flight_ = open_;
    open_ = open_ == blocks_.data() ? &blocks_[1] : blocks_.data();
    is_block_open_ = false;
    open_->begin(core_.next_seq(), last_stamp_);
    finder_.set_blocks(open_, in_flight_);
}

Result<void> Clerk::finish_block() {
    const auto result = committer_.take_result();
    return result ? settle(*result) : Result<void>{};
}

Result<void> Clerk::settle(const Result<journal::BlockInfo>& committed) {
    if (!committed) return std::unexpected{committed.error()};
    const journal::BlockInfo& info = *committed;
    CHECK_INVARIANT(info.first_seq == durable_.next(), "blocks become durable in order");
    durable_ = info.last_seq();
    peers_.publish(info, *in_flight_);
    in_flight_ = nullptr;
    finder_.set_blocks(open_, nullptr);
    return finder_.refresh();
}

}  // namespace daybook::sequencer
