// Saver: writes the snapshot's files and says, by its manifest, which of them count. The keeper's
// thread; what it publishes may be taken by any.
#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "state/book_changes.h"
#include "state/book_file.h"
#include "state/keeper.h"
#include "state/key_runs.h"
#include "state/manifest.h"

namespace daybook::state {

class Saver {
public:
    Saver(std::filesystem::path directory, Manifest manifest, std::shared_ptr<const KeyRuns> runs);

    const Manifest& manifest() const { return manifest_; }
    const std::filesystem::path& directory() const { return directory_; }

    // `keys` are those after the manifest's, up to `place`, in any order; `newest` is the greatest
    // age_of any of them. They are published. The run made has at most `run_keys_max` keys, if the
    // batch has not more.
    Result<void> save_keys(std::vector<KeyEntry>& keys, std::uint64_t newest,
                           const BookPlace& place, std::uint64_t run_keys_max = kKeysPerRunLimit);
    // The saved book with `changes` is the one at `place`.
    Result<void> save_book(const BookChanges& changes, const BookPlace& place);

    // What the next of both would take on the disk, about.
    std::uint64_t bytes_wanted(std::size_t keys, std::uint64_t accounts) const;
    // Bytes free where the snapshot is.
    std::uint64_t bytes_free() const;

    // Lets go of the runs that nobody reads any more: closing a large file that is removed takes
    // long.
    void drop_retired();

    PublishedKeys published() const;
    std::optional<PublishedKeys> published_after(Seq known) const;

private:
    Result<void> commit(Manifest next);
    void publish(PublishedKeys keys);

    std::filesystem::path directory_;
    Manifest manifest_;
    mutable std::mutex mutex_;
    PublishedKeys published_;  // changed under the mutex, by the keeper's thread only
    std::atomic<std::uint64_t> published_seq_;
    std::vector<std::shared_ptr<const KeyRuns>> retired_;
};

}  // namespace daybook::state
