// The keeper's inside: one file folds, one saves. Private to state/'s sources.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "journal/reader.h"
#include "schema/record.h"
#include "state/book_changes.h"
#include "state/keeper.h"
#include "state/saver.h"
#include "state/snapshot.h"

namespace daybook::state {

class Keeper::Impl {
public:
    Impl(std::shared_ptr<journal::Environment> journal, std::filesystem::path directory,
         Opened opened, std::uint64_t disk_reserve_bytes)
        : journal_{std::move(journal)},
          disk_reserve_bytes_{disk_reserve_bytes},
          hash_{opened.manifest.seeds},
          changes_{opened.asset_codes, opened.account_count},
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
    Result<void> save_before_stop();
    Result<void> save_keys();
    Result<void> save_all();
    bool has_room();
    BookPlace place() const;
    void tell(Seq head);

    std::shared_ptr<journal::Environment> journal_;
    std::uint64_t disk_reserve_bytes_;
    // Let go of while something is saved: it pins the journal's pages.
    std::optional<journal::Snapshot> snapshot_;
    KeyHash hash_;
    BookChanges changes_;
    std::vector<KeyEntry> keys_;  // not yet saved
    std::uint64_t newest_key_ = 0;
    Seq folded_;
    journal::BlockInfo block_;  // that holds it
    std::chrono::steady_clock::time_point book_saved_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::duration book_took_{};
    std::chrono::steady_clock::time_point disk_told_;
    std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
    Seq told_seq_;

    Saver saver_;
    std::chrono::steady_clock::time_point stopping_since_;  // set before:
    std::atomic<bool> is_stopping_ = false;
    std::atomic<bool> is_abandoned_ = false;
    std::atomic<bool> has_failed_ = false;
    Result<void> outcome_;
    std::thread thread_;
};

}  // namespace daybook::state
