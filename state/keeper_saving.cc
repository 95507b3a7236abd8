// The part of the keeper that decides what to save when.
#include <spdlog/spdlog.h>

#include "state/keeper_impl.h"

namespace daybook::state {

using SteadyClock = std::chrono::steady_clock;

namespace {

// A run is worth its file from here on.
constexpr std::size_t kKeysPerRun = std::size_t{1} << 19;
// Bounds the keys in memory while the keeper is behind.
constexpr std::size_t kKeysPerRunMax = std::size_t{1} << 22;
// The tail that a start replays in about a second.
constexpr std::uint64_t kRecordsPerBook = std::uint64_t{1} << 20;
// Writing the book takes at most a tenth of the time, unless changes fill the memory. Those of
// accounts are at most as many as there are accounts.
constexpr int kRestPerBook = 10;
constexpr std::size_t kOtherChangesMax = std::size_t{1} << 20;
// What a stop saves: it must not take long. What it leaves is replayed.
constexpr std::uint64_t kRecordsAtStop = std::uint64_t{1} << 18;
constexpr std::uint64_t kAccountsAtStop = 100'000;
constexpr std::uint64_t kRunKeysAtStop = std::uint64_t{1} << 22;
// How often a full disk is told of, and looked at.
constexpr std::chrono::seconds kDiskInterval{10};

}  // namespace

Result<void> Keeper::Impl::save_what_is_due(bool is_at_head) {
    const bool has_rested = SteadyClock::now() - book_saved_ >= book_took_ * kRestPerBook;
    const bool is_book_due = changes_.other_count() >= kOtherChangesMax ||
                             (changes_.record_count() >= kRecordsPerBook && has_rested);
    const bool are_keys_due =
        keys_.size() >= kKeysPerRunMax || (is_at_head && keys_.size() >= kKeysPerRun);
    if ((!is_book_due && !are_keys_due) || !has_room()) return {};
    return is_book_due ? save_all() : save_keys();
}

Result<void> Keeper::Impl::save_before_stop() {
    const bool is_small = changes_.account_count() <= kAccountsAtStop;
    if (!has_room() || (!is_small && changes_.record_count() < kRecordsAtStop)) return {};
    snapshot_.reset();
    if (auto saved = saver_.save_keys(keys_, newest_key_, place(), kRunKeysAtStop); !saved)
        return saved;
    return save_all();
}

bool Keeper::Impl::has_room() {
    const auto now = SteadyClock::now();
    if (now - disk_told_ < kDiskInterval) return false;
    const std::uint64_t wanted = saver_.bytes_wanted(keys_.size(), changes_.account_count());
    const std::uint64_t free = saver_.bytes_free();
    if (free >= wanted + disk_reserve_bytes_) return true;
    disk_told_ = now;
    spdlog::warn(
        "snapshot: it waits for {} MiB, {} MiB are free and {} stay in reserve; free some "
        "space, or keys fill the memory",
        (wanted >> 20) + 1, free >> 20, disk_reserve_bytes_ >> 20);
    return false;
}

Result<void> Keeper::Impl::save_keys() {
    snapshot_.reset();
    return saver_.save_keys(keys_, newest_key_, place());
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

}  // namespace daybook::state
