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
#include "projector/applier.h"
#include "projector/opening.h"
#include "projector/progress.h"
#include "projector/projector_lock.h"

namespace daybook::projector {

namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

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
         std::unique_ptr<ProjectorLock> lock, Applier applier)
        : journal_{std::move(journal)},
          snapshot_{std::move(snapshot)},
          lock_{std::move(lock)},
          applier_{std::move(applier)},
          committed_{applier_.committed().value()} {}

    Result<void> run();
    void stop() { is_stopping_ = true; }
    Result<void> catch_up();
    Seq committed() const { return Seq{committed_}; }

private:
    Result<void> follow();
    Result<void> reach_head();
    Result<bool> fold_some();
    Result<milliseconds> rest_at_head();
    Result<void> tend();
    Result<void> replace_removed();
    Result<void> commit_batch();
    Result<void> remember(Result<void> done);

    std::shared_ptr<journal::Environment> journal_;
    journal::Snapshot snapshot_;
    std::unique_ptr<ProjectorLock> lock_;  // let go of after the store
    Applier applier_;
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
        failure_ = Error{done.error().code, "projection " + applier_.store().directory().string() +
                                                ": " + done.error().detail};
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
    // A commit may find that all must be built anew.
    while (applier_.committed() < head) {
        if (auto done = tend(); !done) return done;
        const auto folded = fold_some();
        if (!folded) return std::unexpected{folded.error()};
        if (*folded && applier_.applied() < head) continue;
        if (auto done = commit_batch(); !done) return done;
    }
    return {};
}

// False at the snapshot's head.
Result<bool> Projector::Impl::fold_some() {
    if (!applier_.has_pending()) batch_begun_ = SteadyClock::now();
    const auto folded = applier_.fold_some(snapshot_);
    if (!folded) return std::unexpected{folded.error()};
    const std::optional<journal::BlockView>& block = *folded;
    if (!block) return false;
    if (applier_.applied() == block->info().last_seq()) recent_pages_.add(*block);
    if (applier_.is_full() || SteadyClock::now() - batch_begun_ >= batch_time_) {
        if (auto done = commit_batch(); !done) return std::unexpected{done.error()};
    }
    return true;
}

// Commits unless that was only just done; returns how long there is nothing to do.
Result<milliseconds> Projector::Impl::rest_at_head() {
    const Seq head = snapshot_.head_seq();
    if (auto done = snapshot_.refresh(); !done) return std::unexpected{done.error()};
    if (snapshot_.head_seq() != head) return milliseconds{0};
    progress_.note(applier_.applied(), head);
    if (!applier_.has_pending()) return kIdleWait;
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
    if (!applier_.store().is_current()) return replace_removed();
    return applier_.store().clear_dead_readers();
}

// Somebody deleted or replaced the files, which may be done at any time: on as at a start, or all
// that is written would go where nobody sees it.
Result<void> Projector::Impl::replace_removed() {
    const auto directory = applier_.store().directory();
    spdlog::warn("projection {}: its files were removed or replaced", directory.string());
    lock_.reset();  // its file may be gone too
    if (auto ready = prepare_directory(directory); !ready) return ready;
    auto lock = ProjectorLock::acquire(directory);
    if (!lock) return std::unexpected{lock.error()};
    lock_ = *std::move(lock);
    auto opened = Applier::open(snapshot_, directory);
    if (!opened) return std::unexpected{opened.error()};
    applier_ = *std::move(opened);
    committed_ = applier_.committed().value();
    return {};
}

Result<void> Projector::Impl::commit_batch() {
    if (!applier_.has_pending()) return {};
    const auto begun = SteadyClock::now();
    if (auto done = applier_.commit(); !done) return done;
    if (applier_.has_pending()) return replace_removed();
    committed_ = applier_.committed().value();
    const auto ended = SteadyClock::now();
    const auto rest = (ended - begun) * kRestPerCommit;
    next_commit_ = ended + std::min<SteadyClock::duration>(rest, kBatchTimeMin);
    batch_time_ = std::clamp<SteadyClock::duration>(rest, kBatchTimeMin, kBatchTimeMax);
    progress_.note(applier_.applied(), snapshot_.head_seq());
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
    auto opened = Applier::open(*snapshot, directory);
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
