#include "projector/projector.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "journal/reader.h"
#include "journal/recent_pages.h"
#include "projector/fold.h"
#include "projector/opening.h"
#include "projector/progress.h"
#include "projector/projector_lock.h"
#include "projector/store.h"
#include "schema/record.h"

namespace daybook::projector {

namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// Bounds the dirty pages of a commit to 100k; LMDB takes 131k. A row changes up to two.
constexpr std::size_t kBatchRowsMax = 16'000;
// A balance changes one, and all of them together no more than there are; even a page half full
// holds sixteen.
constexpr std::size_t kBalancePagesMax = 65'536;
constexpr std::size_t kBalancesAPage = 16;
// Bounds how long readers wait for news while there is always more to fold.
constexpr milliseconds kBatchTimeMin{200};
constexpr milliseconds kBatchTimeMax{700};
// A commit takes at most a fifth of the time, so that the disk and the processor stay with the
// sequencer: what many accounts have in common is written once. The first after a rest comes at
// once.
constexpr int kRestPerCommit = 4;
// Snapshots pin the journal's pages; readers that were killed pin ours.
constexpr std::chrono::seconds kTendInterval{1};
// So much of the journal's end stays in memory; what is older is read from the disk when somebody
// asks for it.
constexpr std::size_t kJournalBytesKept = std::size_t{512} << 20;
// Also how long stop() may go unnoticed.
constexpr milliseconds kIdleWait{50};

}  // namespace

class Projector::Impl {
public:
    Impl(std::shared_ptr<journal::Environment> journal, journal::Snapshot snapshot,
         std::unique_ptr<ProjectorLock> lock, Opened opened)
        : journal_{std::move(journal)},
          snapshot_{std::move(snapshot)},
          lock_{std::move(lock)},
          store_{std::move(opened.store)},
          fold_{std::move(opened.fold)},
          block_{opened.block},
          applied_{opened.watermark.seq},
          committed_{opened.watermark.seq.value()} {}

    Result<void> run();
    void stop() { is_stopping_ = true; }
    Result<void> catch_up();
    Seq committed() const { return Seq{committed_}; }

private:
    Result<void> follow();
    Result<void> reach_head();
    Result<bool> fold_some();
    Result<void> fold_block(const journal::BlockView& block);
    Result<milliseconds> rest_at_head();
    Result<void> tend();
    Result<void> replace_removed();
    Result<void> commit_batch();
    Result<void> remember(Result<void> done);

    bool is_full() const {
        const bool may_be_too_many = fold_.account_count() > kBalancePagesMax * kBalancesAPage;
        return (may_be_too_many && fold_.balance_count() >= kBalancePagesMax) ||
               fold_.row_count() >= kBatchRowsMax;
    }
    bool has_pending() const { return applied_ != committed(); }

    std::shared_ptr<journal::Environment> journal_;
    journal::Snapshot snapshot_;
    std::unique_ptr<ProjectorLock> lock_;  // let go of after the store
    std::shared_ptr<Store> store_;
    Fold fold_;
    journal::BlockInfo block_;  // holds `applied_`
    Seq applied_;               // folded, perhaps not committed
    Progress progress_;
    journal::RecentPages recent_pages_{kJournalBytesKept};
    SteadyClock::time_point batch_begun_;
    SteadyClock::duration batch_time_ = kBatchTimeMin;
    SteadyClock::time_point next_commit_;  // not before, while caught up
    SteadyClock::time_point tended_;
    std::optional<Error> failure_;  // memory and file may differ since

    std::atomic<std::uint64_t> committed_;
    std::atomic<bool> is_stopping_ = false;
};

Result<void> Projector::Impl::run() {
    return remember(follow());
}

Result<void> Projector::Impl::catch_up() {
    return remember(reach_head());
}

Result<void> Projector::Impl::remember(Result<void> done) {
    if (!done && !failure_) {
        failure_ = Error{done.error().code,
                         "projection " + store_->directory().string() + ": " + done.error().detail};
    }
    if (failure_) return std::unexpected{*failure_};
    return {};
}

Result<void> Projector::Impl::follow() {
    if (failure_) return {};
    auto follower = journal::Follower::open(*journal_);
    if (!follower) return std::unexpected{follower.error()};
    while (!is_stopping_) {
        if (auto done = tend(); !done) return done;
        const auto folded = fold_some();
        if (!folded) return std::unexpected{folded.error()};
        if (*folded) continue;
        const auto rest = rest_at_head();
        if (!rest) return std::unexpected{rest.error()};
        if (*rest > milliseconds{0}) follower->wait(*rest);
    }
    return commit_batch();
}

Result<void> Projector::Impl::reach_head() {
    if (failure_) return {};
    if (auto done = snapshot_.refresh(); !done) return done;
    const Seq head = snapshot_.head_seq();
    while (applied_ < head) {
        if (auto done = tend(); !done) return done;
        if (const auto folded = fold_some(); !folded) return std::unexpected{folded.error()};
    }
    return commit_batch();
}

// Folds to the end of a block, or until the batch is full; false at the snapshot's head.
Result<bool> Projector::Impl::fold_some() {
    const bool is_inside = applied_ < block_.last_seq();
    const auto block =
        is_inside ? snapshot_.block_of(applied_.next()) : snapshot_.block_after(block_);
    if (!block) return std::unexpected{block.error()};
    const std::optional<journal::BlockView>& view = *block;
    if (!view) return false;
    if (!has_pending()) batch_begun_ = SteadyClock::now();
    if (auto done = fold_block(*view); !done) return std::unexpected{done.error()};
    if (applied_ == block_.last_seq()) recent_pages_.add(view->stored());
    if (is_full() || SteadyClock::now() - batch_begun_ >= batch_time_) {
        if (auto done = commit_batch(); !done) return std::unexpected{done.error()};
    }
    return true;
}

Result<void> Projector::Impl::fold_block(const journal::BlockView& block) {
    block_ = block.info();
    while (applied_ < block_.last_seq() && !is_full()) {
        const Seq seq = applied_.next();
        const auto bytes = block.record(seq);
        if (!bytes) return std::unexpected{bytes.error()};
        const auto record = schema::RecordView::parse(*bytes);
        if (!record) return std::unexpected{record.error()};
        if (record->seq() != seq) {
            return fail(ErrorCode::damaged, "the journal's record at Seq " +
                                                std::to_string(seq.value()) +
                                                " says another Seq; verify the journal");
        }
        if (auto done = fold_.apply(*record); !done) return done;
        applied_ = seq;
    }
    return {};
}

// Commits unless that was only just done; returns how long there is nothing to do.
Result<milliseconds> Projector::Impl::rest_at_head() {
    const Seq head = snapshot_.head_seq();
    if (auto done = snapshot_.refresh(); !done) return std::unexpected{done.error()};
    if (snapshot_.head_seq() != head) return milliseconds{0};
    progress_.note(applied_, head);
    if (!has_pending()) return kIdleWait;
    const auto now = SteadyClock::now();
    if (now < next_commit_) {
        return std::min(kIdleWait, std::chrono::ceil<milliseconds>(next_commit_ - now));
    }
    if (auto done = commit_batch(); !done) return std::unexpected{done.error()};
    return milliseconds{0};
}

Result<void> Projector::Impl::tend() {
    const auto now = SteadyClock::now();
    if (now - tended_ < kTendInterval) return {};
    tended_ = now;
    if (auto done = snapshot_.refresh(); !done) return done;
    if (!store_->is_current()) return replace_removed();
    return store_->clear_dead_readers();
}

// Somebody deleted or replaced the files, which may be done at any time: on as at a start, or all
// that is written would go where nobody sees it.
Result<void> Projector::Impl::replace_removed() {
    const auto directory = store_->directory();
    spdlog::warn("projection {}: its files were removed or replaced", directory.string());
    lock_.reset();  // its file may be gone too
    if (auto ready = prepare_directory(directory); !ready) return ready;
    auto lock = ProjectorLock::acquire(directory);
    if (!lock) return std::unexpected{lock.error()};
    lock_ = *std::move(lock);
    auto opened = open_or_build(snapshot_, directory);
    if (!opened) return std::unexpected{opened.error()};
    store_ = std::move(opened->store);
    fold_ = std::move(opened->fold);
    block_ = opened->block;
    applied_ = opened->watermark.seq;
    committed_ = applied_.value();
    return {};
}

// State and watermark in one transaction.
Result<void> Projector::Impl::commit_batch() {
    if (!has_pending()) return {};
    const auto begun = SteadyClock::now();
    if (auto kept = store_->keep_file_ahead(fold_.row_count() + fold_.balance_count()); !kept)
        return kept;
    auto txn = store_->begin(Access::read_write);
    if (!txn) return std::unexpected{txn.error()};
    if (auto written = fold_.write(*store_, txn->get()); !written) return written;
    auto moved = store_->put_watermark(txn->get(), {.seq = applied_,
                                                    .block_number = block_.number,
                                                    .stamp = block_.stamp,
                                                    .block_hash = block_.hash,
                                                    .book = block_.book});
    if (!moved) return moved;
    if (auto done = commit(*std::move(txn)); !done) return done;
    committed_ = applied_.value();
    const auto ended = SteadyClock::now();
    const auto rest = (ended - begun) * kRestPerCommit;
    next_commit_ = ended + std::min<SteadyClock::duration>(rest, kBatchTimeMin);
    batch_time_ = std::clamp<SteadyClock::duration>(rest, kBatchTimeMin, kBatchTimeMax);
    progress_.note(applied_, snapshot_.head_seq());
    return {};
}

Projector::Projector(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Projector::~Projector() = default;

Result<std::unique_ptr<Projector>> Projector::open(std::shared_ptr<journal::Environment> journal,
                                                   const std::filesystem::path& directory) {
    if (auto ready = prepare_directory(directory); !ready) return std::unexpected{ready.error()};
    auto lock = ProjectorLock::acquire(directory);
    if (!lock) return std::unexpected{lock.error()};
    auto snapshot = journal::Snapshot::open(journal);
    if (!snapshot) return std::unexpected{snapshot.error()};
    auto opened = open_or_build(*snapshot, directory);
    if (!opened) return std::unexpected{opened.error()};
    auto impl = std::make_unique<Impl>(std::move(journal), *std::move(snapshot), *std::move(lock),
                                       *std::move(opened));
    return std::unique_ptr<Projector>{new Projector{std::move(impl)}};
}

Result<void> Projector::run() {
    return impl_->run();
}
void Projector::stop() {
    impl_->stop();
}
Result<void> Projector::catch_up() {
    return impl_->catch_up();
}
Seq Projector::watermark() const {
    return impl_->committed();
}

}  // namespace daybook::projector
