#include "cli/chain_ahead.h"

#include <algorithm>
#include <utility>

#include "journal/recent_pages.h"
#include "schema/record.h"

namespace daybook::cli {

namespace {

// So much of the journal is mapped at a time.
constexpr std::size_t kAheadBytesMax = std::size_t{32} << 20;

}  // namespace

ChainAhead::ChainAhead(journal::BlockScan scan, const Id128& book, std::vector<Anchor> anchors)
    : scan_{std::move(scan)}, chain_{book}, anchors_{std::move(anchors)} {}

ChainAhead::~ChainAhead() {
    (void)finish();
}

Result<std::unique_ptr<ChainAhead>> ChainAhead::open(
    std::shared_ptr<journal::Environment> environment, std::vector<Anchor> anchors) {
    const Id128 book = environment->book();
    auto scan = journal::BlockScan::open(std::move(environment));
    if (!scan) return std::unexpected{scan.error()};
    return std::unique_ptr<ChainAhead>{new ChainAhead{*std::move(scan), book, std::move(anchors)}};
}

void ChainAhead::go_to(Seq until) {
    (void)finish();
    is_asked_to_stop_ = false;
    if (has_ended_) return;
    is_running_ = true;
    thread_ = std::thread{[this, until] { run(until); }};
}

bool ChainAhead::wait_for(Seq seq) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return published_ >= seq || !is_running_; });
    return published_ >= seq;
}

void ChainAhead::done_with(std::size_t block_bytes) {
    const std::scoped_lock lock{mutex_};
    ahead_bytes_ -= std::min(ahead_bytes_, block_bytes);
    changed_.notify_all();
}

Result<std::optional<Finding>> ChainAhead::finish() {
    {
        const std::scoped_lock lock{mutex_};
        is_asked_to_stop_ = true;
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    if (error_) return std::unexpected{*error_};
    return finding_;
}

Result<std::optional<Finding>> ChainAhead::run_alone() {
    while (check_next())
        ahead_bytes_ = 0;
    return finish();
}

bool ChainAhead::may_go_on() {
    std::unique_lock lock{mutex_};
    if (ahead_bytes_ > kAheadBytesMax && !is_asked_to_stop_) {
        lock.unlock();
        scan_.rest();
        lock.lock();
        changed_.wait(lock, [&] { return ahead_bytes_ <= kAheadBytesMax || is_asked_to_stop_; });
    }
    return !is_asked_to_stop_;
}

void ChainAhead::run(Seq until) {
    bool is_there = chain_.block_count() != 0 && last_seq() >= until;
    while (!is_there && may_go_on() && check_next())
        is_there = last_seq() >= until;
    scan_.rest();
    const std::scoped_lock lock{mutex_};
    if (!is_there && !is_asked_to_stop_ && !finding_ && !error_) {
        finding_ =
            Finding{chain_.next_seq(), {}, "the journal lacks its records from here on", {}, {}};
        has_ended_ = true;
    }
    is_running_ = false;
    changed_.notify_all();
}

bool ChainAhead::check_next() {
    const auto stored = scan_.next();
    if (!stored) {
        error_ = stored.error();
        has_ended_ = true;
        return false;
    }
    const std::optional<journal::BlockScan::Stored>& block = *stored;
    if (!block) return false;
    journal::map_pages(block->value);
    finding_ = check(*block);
    if (error_ || finding_) {
        has_ended_ = true;
        return false;
    }
    // What an anchor says is no fault of the block: its records may be looked at.
    finding_ = anchors_.see(chain_.last());
    if (finding_) has_ended_ = true;
    publish(block->value.size());
    return !finding_;
}

std::optional<Finding> ChainAhead::check(const journal::BlockScan::Stored& stored) {
    auto damage = chain_.check(stored.key, stored.value,
                               [this](Seq seq, Bytes record) { gather(seq, record); });
    if (!damage) return std::nullopt;
    return Finding{damage->seq,
                   {},
                   std::move(damage->what),
                   std::move(damage->stored),
                   std::move(damage->recomputed)};
}

void ChainAhead::gather(Seq seq, Bytes record) {
    if (error_) return;
    // One that can't be read is found by who decides it again.
    const auto view = schema::RecordView::parse(record);
    if (!view || view->kind() == CommandKind::expire_hold) return;
    auto added = keys_.add(view->key(), view->producer(), seq);
    if (!added) error_ = added.error();
}

void ChainAhead::publish(std::size_t block_bytes) {
    const std::scoped_lock lock{mutex_};
    published_ = last_seq();
    ahead_bytes_ += block_bytes;
    changed_.notify_all();
}

}  // namespace daybook::cli
