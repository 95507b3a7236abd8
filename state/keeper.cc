#include "state/keeper.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <spdlog/spdlog.h>

#include "ledger/facts.h"
#include "schema/effects.h"
#include "state/keeper_impl.h"
#include "state/key_age.h"

namespace daybook::state {

namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// How many blocks are folded before the keeper looks around.
constexpr int kBlocksAtOnce = 16;
constexpr milliseconds kIdleWait{100};
constexpr std::chrono::seconds kTellInterval{2};
// How long a stop may go on folding; what it leaves is replayed at the next start.
constexpr std::chrono::seconds kStopMax{1};

}  // namespace

Result<void> Keeper::Impl::catch_up() {
    told_seq_ = folded_;
    for (;;) {
        const auto has_more = fold_some();
        if (!has_more) return std::unexpected{has_more.error()};
        tell(snapshot_->head_seq());
        if (!*has_more) return has_room() ? save_all() : Result<void>{};
        if (auto saved = save_what_is_due(false); !saved) return saved;
    }
}

void Keeper::Impl::start() {
    thread_ = std::thread{[this] {
        outcome_ = follow();
        if (!outcome_) has_failed_ = true;
    }};
}

Result<void> Keeper::Impl::stop() {
    stopping_since_ = SteadyClock::now();
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return outcome_;
}

void Keeper::Impl::abandon() {
    is_abandoned_ = true;
    (void)stop();
}

Result<void> Keeper::Impl::follow() {
    auto follower = journal::Follower::open(*journal_);
    if (!follower) return std::unexpected{follower.error()};
    while (!is_abandoned_) {
        const bool is_last = is_stopping_;
        const auto has_more = fold_some();
        if (!has_more) return std::unexpected{has_more.error()};
        if (auto saved = save_what_is_due(!*has_more); !saved) return saved;
        saver_.drop_retired();
        const bool is_late = is_last && SteadyClock::now() - stopping_since_ >= kStopMax;
        if (is_late || (is_last && !*has_more)) return save_before_stop();
        if (!*has_more) follower->wait(kIdleWait);
    }
    return {};
}

// True when there is more to fold.
Result<bool> Keeper::Impl::fold_some() {
    if (snapshot_) {
        if (auto done = snapshot_->refresh(); !done) return std::unexpected{done.error()};
    } else {
        auto opened = journal::Snapshot::open(journal_);
        if (!opened) return std::unexpected{opened.error()};
        snapshot_.emplace(*std::move(opened));
    }
    for (int i = 0; i < kBlocksAtOnce; ++i) {
        // Only whole blocks are folded; the genesis block has no records.
        const auto block = block_.number == 0 ? snapshot_->block_of(folded_.next())
                                              : snapshot_->block_after(block_);
        if (!block) return std::unexpected{block.error()};
        const std::optional<journal::BlockView>& view = *block;
        if (!view) return false;
        if (auto done = fold_block(*view); !done) return std::unexpected{done.error()};
    }
    return folded_ < snapshot_->head_seq();
}

Result<void> Keeper::Impl::fold_block(const journal::BlockView& block) {
    block_ = block.info();
    while (folded_ < block_.last_seq()) {
        const Seq seq = folded_.next();
        const auto bytes = block.record(seq);
        if (!bytes) return std::unexpected{bytes.error()};
        const auto record = schema::RecordView::parse(*bytes);
        if (!record) return std::unexpected{record.error()};
        if (record->seq() != seq)
            return schema::bad_record(*record, "it lies in another one's place");
        if (auto done = fold_record(*record); !done) return done;
        folded_ = seq;
    }
    return {};
}

Result<void> Keeper::Impl::fold_record(const schema::RecordView& record) {
    if (record.seq() > saver_.manifest().keys_seq) {
        // The ledger's own commands have no key.
        if (record.kind() != CommandKind::expire_hold) {
            keys_.push_back({hash_(record.key(), record.producer()), record.seq().value()});
            newest_key_ = std::max(newest_key_, age_of(record.key()));
        }
        if (record.verdict() == Verdict::accepted && record.kind() != CommandKind::transfer) {
            const auto command = record.command();
            if (!command) return std::unexpected{command.error()};
            for (const auto reference : references_taken(*command)) {
                keys_.push_back(
                    {hash_(hash_.digest(reference), kSystemProducer), record.seq().value()});
            }
        }
    }
    return changes_.apply(record);
}

void Keeper::Impl::tell(Seq head) {
    const auto now = SteadyClock::now();
    if (now - told_ < kTellInterval || folded_ == told_seq_) return;
    const std::chrono::duration<double> elapsed = now - told_;
    const double rate = static_cast<double>(folded_.value() - told_seq_.value()) / elapsed.count();
    spdlog::info("snapshot: {} of {} records, {:.0f} a second, {:.0f} s left", folded_.value(),
                 head.value(), rate, static_cast<double>(head.value() - folded_.value()) / rate);
    told_ = now;
    told_seq_ = folded_;
}

Keeper::Keeper(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Keeper::~Keeper() {
    impl_->abandon();
}

Result<std::unique_ptr<Keeper>> Keeper::open(std::shared_ptr<journal::Environment> journal,
                                             const std::filesystem::path& directory,
                                             std::uint64_t disk_reserve_bytes) {
    auto snapshot = journal::Snapshot::open(journal);
    if (!snapshot) return std::unexpected{snapshot.error()};
    auto opened = open_or_reset(directory, *snapshot);
    if (!opened) return std::unexpected{opened.error()};
    auto impl = std::make_unique<Impl>(std::move(journal), directory, *std::move(opened),
                                       disk_reserve_bytes);
    return std::unique_ptr<Keeper>{new Keeper{std::move(impl)}};
}

Result<void> Keeper::catch_up() {
    return impl_->catch_up();
}
Seq Keeper::book_seq() const {
    return impl_->saver().manifest().book_seq;
}
Result<void> Keeper::load(Book& book) const {
    if (book_seq() == Seq{}) return {};
    return load_book(impl_->saver().directory(), book_seq(), book);
}
const KeyHash& Keeper::hash() const {
    return impl_->hash();
}
void Keeper::start() {
    impl_->start();
}
Result<void> Keeper::stop() {
    return impl_->stop();
}
std::optional<PublishedKeys> Keeper::published_after(Seq known) const {
    return impl_->saver().published_after(known);
}
PublishedKeys Keeper::published() const {
    return impl_->saver().published();
}
bool Keeper::has_failed() const {
    return impl_->has_failed();
}

}  // namespace daybook::state
