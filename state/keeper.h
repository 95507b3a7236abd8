// Keeper: keeps the snapshot, by folding the journal behind the sequencer, so that keys need not
// stay in memory and a start need not replay everything.
//
// Threads: one of its own from start() on. What it publishes may be taken by any thread. It never
// holds the sequencer up.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "base/seq.h"
#include "journal/environment.h"
#include "ledger/book.h"
#include "state/key_hash.h"
#include "state/key_runs.h"

namespace daybook::state {

// Every key up to `seq`.
struct PublishedKeys {
    std::shared_ptr<const KeyRuns> runs;
    Seq seq;
    std::uint64_t newest = 0;  // no UUIDv7 among them is newer (state/key_age.h)
};

class Keeper {
public:
    // `directory` is the snapshot's, made if it is missing; only the journal's writer may keep it.
    // What does not agree with the journal is thrown away and made anew.
    // Nothing is saved while it would leave less than `disk_reserve_bytes` free.
    static Result<std::unique_ptr<Keeper>> open(std::shared_ptr<journal::Environment> journal,
                                                const std::filesystem::path& directory,
                                                std::uint64_t disk_reserve_bytes = 0);
    // Stops without saving what is left.
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    Keeper(Keeper&&) = delete;
    Keeper& operator=(Keeper&&) = delete;

    // Before start(): brings the snapshot to the journal's head, telling how far it is.
    Result<void> catch_up();
    // Before start(): where the saved book stands (0: there is none), and that book.
    Seq book_seq() const;
    Result<void> load(Book& book) const;
    const KeyHash& hash() const;

    void start();
    // Ends the thread; saves what is quickly saved, so that the next start is quick too. Returns
    // its first error.
    Result<void> stop();

    // The newest keys; cheap when they are those that stand at `known`, which are not returned.
    std::optional<PublishedKeys> published_after(Seq known) const;
    PublishedKeys published() const;
    // An error has ended the thread; the process must end too. `stop` says which.
    bool has_failed() const;

private:
    class Impl;
    explicit Keeper(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::state
