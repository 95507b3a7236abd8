#include "state/saver.h"

#include <algorithm>
#include <filesystem>
#include <sys/statvfs.h>
#include <utility>

#include "state/snapshot.h"

namespace daybook::state {

Saver::Saver(std::filesystem::path directory, Manifest manifest,
             std::shared_ptr<const KeyRuns> runs)
    : directory_{std::move(directory)},
      manifest_{std::move(manifest)},
      published_{std::move(runs), manifest_.keys_seq, manifest_.newest_key},
      published_seq_{manifest_.keys_seq.value()} {}

Result<void> Saver::save_keys(std::vector<KeyEntry>& keys, std::uint64_t newest,
                              const BookPlace& place, std::uint64_t run_keys_max) {
    if (place.seq <= manifest_.keys_seq) return {};
    const auto& runs = published_.runs->runs();
    const std::size_t merged =
        keys.empty() ? 0 : published_.runs->runs_to_merge(keys.size(), run_keys_max);
    const auto kept_end = runs.end() - static_cast<std::ptrdiff_t>(merged);
    std::vector<std::shared_ptr<const KeyRun>> kept{runs.begin(), kept_end};
    Manifest next = manifest_;
    next.runs.resize(kept.size());
    if (!keys.empty()) {
        sort_entries(keys);
        const Seq before = kept.empty() ? Seq{} : kept.back()->info().last_seq;
        const auto run = write_run(directory_, manifest_.book, before.next(), place.seq, keys,
                                   std::span{runs}.last(merged));
        if (!run) return std::unexpected{run.error()};
        auto opened = KeyRun::open(directory_, manifest_.book, *run);
        if (!opened) return std::unexpected{opened.error()};
        kept.push_back(*std::move(opened));
        next.runs.push_back(*run);
    }
    next.keys_seq = place.seq;
    next.keys_block_hash = place.block_hash;
    next.newest_key = std::max(next.newest_key, newest);
    if (auto done = commit(std::move(next)); !done) return done;
    keys.clear();
    publish({std::make_shared<const KeyRuns>(std::move(kept)), place.seq, manifest_.newest_key});
    return {};
}

Result<void> Saver::save_book(const BookChanges& changes, const BookPlace& place) {
    std::optional<Seq> before;
    if (manifest_.book_seq != Seq{}) before = manifest_.book_seq;
    if (auto done = write_book(directory_, place, before, changes); !done) return done;
    Manifest next = manifest_;
    next.book_seq = place.seq;
    return commit(std::move(next));
}

Result<void> Saver::commit(Manifest next) {
    if (auto done = write_manifest(directory_, next); !done) return done;
    manifest_ = std::move(next);
    return remove_others(directory_, manifest_);
}

std::uint64_t Saver::bytes_wanted(std::size_t keys, std::uint64_t accounts) const {
    constexpr std::uint64_t kBytesPerKey = 19;       // with filter and directories
    constexpr std::uint64_t kBytesPerAccount = 512;  // with a long history and code
    std::uint64_t merged = keys;
    const auto& runs = published_.runs->runs();
    for (std::size_t i = published_.runs->runs_to_merge(keys); i > 0; --i)
        merged += runs[runs.size() - i]->info().count;
    // The book is written anew beside the one there is: of its holds and reversals too.
    std::error_code missing;
    const auto book =
        std::filesystem::file_size(directory_ / book_file_name(manifest_.book_seq), missing);
    return merged * kBytesPerKey + accounts * kBytesPerAccount + (missing ? 0 : book);
}

std::uint64_t Saver::bytes_free() const {
    struct statvfs disk{};
    if (statvfs(directory_.c_str(), &disk) != 0) return 0;
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

void Saver::publish(PublishedKeys keys) {
    retired_.push_back(published_.runs);
    const Seq seq = keys.seq;
    {
        const std::scoped_lock guard{mutex_};
        published_ = std::move(keys);
    }
    published_seq_.store(seq.value(), std::memory_order_release);
}

void Saver::drop_retired() {
    std::erase_if(retired_, [](const auto& runs) { return runs.use_count() == 1; });
}

PublishedKeys Saver::published() const {
    const std::scoped_lock guard{mutex_};
    return published_;
}

std::optional<PublishedKeys> Saver::published_after(Seq known) const {
    if (published_seq_.load(std::memory_order_acquire) == known.value()) return std::nullopt;
    return published();
}

}  // namespace daybook::state
