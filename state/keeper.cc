#include "state/keeper.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "journal/reader.h"
#include "ledger/facts.h"
#include "schema/effects.h"
#include "schema/record.h"
#include "state/book_changes.h"
#include "state/saver.h"
#include "state/snapshot.h"

namespace daybook::state {

namespace {

using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// A run is worth its file from here on.
constexpr std::size_t kKeysPerRun = std::size_t{1} << 19;
// Bounds the keys in memory while the keeper is behind.
constexpr std::size_t kKeysPerRunMax = std::size_t{1} << 22;
// The tail that a start replays in about a second.
constexpr std::uint64_t kRecordsPerBook = std::uint64_t{1} << 20;
// Bounds the changes in memory.
constexpr std::size_t kTouchedMax = std::size_t{1} << 20;
// A book is saved at rest too, now and then; and writing it takes at most this share of the time.
constexpr std::chrono::seconds kBookAgeMax{60};
constexpr int kRestPerBook = 10;
// How many blocks are folded before the keeper looks around.
constexpr int kBlocksAtOnce = 16;
constexpr milliseconds kIdleWait{100};
constexpr std::chrono::seconds kTellInterval{2};

}  // namespace

class Keeper::Impl {
public:
    Impl(std::shared_ptr<journal::Environment> journal, journal::Snapshot snapshot,
         std::filesystem::path directory, Opened opened)
        : journal_{std::move(journal)},
          snapshot_{std::move(snapshot)},
          hash_{opened.manifest.seeds},
          changes_{std::move(opened.asset_codes), opened.account_count},
          folded_{opened.manifest.book_seq},
          saver_{std::move(directory), std::move(opened.manifest), std::move(opened.runs)} {}

    Result<void> catch_up();
    void start();
    Result<void> stop();
    void abandon();

    const Saver& saver() const { return saver_; }
    const KeyHash& hash() const { return hash_; }
    bool has_failed() const { return has_failed_; }

private:
    Result<void> follow();
    Result<bool> fold_some();
    Result<void> fold_block(const journal::BlockView& block);
    Result<void> fold_record(const schema::RecordView& record);
    Result<void> save_what_is_due(bool is_at_head);
    Result<void> save_all();
    Result<void> save_keys() { return saver_.save_keys(keys_, place()); }
    BookPlace place() const;
    void tell(Seq head);

    std::shared_ptr<journal::Environment> journal_;
    journal::Snapshot snapshot_;
    KeyHash hash_;
    BookChanges changes_;
    std::vector<KeyEntry> keys_;  // not yet saved
    Seq folded_;
    journal::BlockInfo block_;  // that holds it
    SteadyClock::time_point book_saved_ = SteadyClock::now();
    SteadyClock::duration book_took_{};
    SteadyClock::time_point told_ = SteadyClock::now();
    Seq told_seq_;

    Saver saver_;
    std::atomic<bool> is_stopping_ = false;
    std::atomic<bool> is_abandoned_ = false;
    std::atomic<bool> has_failed_ = false;
    Result<void> outcome_;
    std::thread thread_;
};

Result<void> Keeper::Impl::catch_up() {
    told_seq_ = folded_;
    for (;;) {
        const auto has_more = fold_some();
        if (!has_more) return std::unexpected{has_more.error()};
        tell(snapshot_.head_seq());
        if (auto saved = save_what_is_due(!*has_more); !saved) return saved;
        if (!*has_more) return save_all();
    }
}

void Keeper::Impl::start() {
    thread_ = std::thread{[this] {
        outcome_ = follow();
        if (!outcome_) has_failed_ = true;
    }};
}

Result<void> Keeper::Impl::stop() {
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
        if (*has_more) continue;
        if (is_last) return save_all();
        follower->wait(kIdleWait);
    }
    return {};
}

// True when there is more to fold.
Result<bool> Keeper::Impl::fold_some() {
    if (auto done = snapshot_.refresh(); !done) return std::unexpected{done.error()};
    for (int i = 0; i < kBlocksAtOnce; ++i) {
        // Only whole blocks are folded; the genesis block has no records.
        const auto block =
            block_.number == 0 ? snapshot_.block_of(folded_.next()) : snapshot_.block_after(block_);
        if (!block) return std::unexpected{block.error()};
        const std::optional<journal::BlockView>& view = *block;
        if (!view) return false;
        if (auto done = fold_block(*view); !done) return std::unexpected{done.error()};
    }
    return folded_ < snapshot_.head_seq();
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

Result<void> Keeper::Impl::save_what_is_due(bool is_at_head) {
    const auto now = SteadyClock::now();
    const bool is_much = changes_.record_count() >= kRecordsPerBook ||
                         (is_at_head && now - book_saved_ >= kBookAgeMax);
    const bool is_time = now - book_saved_ >= book_took_ * kRestPerBook;
    const bool is_book_due =
        changes_.touched_count() >= kTouchedMax ||
        (changes_.record_count() > 0 && is_much && is_time && keys_.size() < kKeysPerRunMax);
    if (is_book_due) return save_all();
    const bool are_keys_due =
        keys_.size() >= kKeysPerRunMax || (is_at_head && keys_.size() >= kKeysPerRun);
    return are_keys_due ? save_keys() : Result<void>{};
}

Result<void> Keeper::Impl::save_all() {
    if (folded_ == saver_.manifest().book_seq) return {};
    const auto begun = SteadyClock::now();
    if (auto saved = save_keys(); !saved) return saved;
    changes_.settle();
    if (auto saved = saver_.save_book(changes_, place()); !saved) return saved;
    changes_.forget();
    book_saved_ = SteadyClock::now();
    book_took_ = book_saved_ - begun;
    return {};
}

BookPlace Keeper::Impl::place() const {
    return {.book = journal_->book(),
            .seq = folded_,
            .block_number = block_.number,
            .stamp = block_.stamp,
            .block_hash = block_.hash};
}

void Keeper::Impl::tell(Seq head) {
    const auto now = SteadyClock::now();
    if (now - told_ < kTellInterval) return;
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
                                             const std::filesystem::path& directory) {
    auto snapshot = journal::Snapshot::open(journal);
    if (!snapshot) return std::unexpected{snapshot.error()};
    auto opened = open_or_reset(directory, *snapshot);
    if (!opened) return std::unexpected{opened.error()};
    auto impl = std::make_unique<Impl>(std::move(journal), *std::move(snapshot), directory,
                                       *std::move(opened));
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
