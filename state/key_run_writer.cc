// Writing a run: one pass over sorted entries, which fill filter, directory and file in order.
#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <optional>
#include <utility>

#include "base/check.h"
#include "state/key_run.h"

namespace daybook::state {

namespace {

namespace fs = std::filesystem;

// One of the inputs of a merge: what it says next.
class Source {
public:
    explicit Source(std::span<const KeyEntry> batch) : batch_{batch}, left_{batch.size()} {}
    explicit Source(const KeyRun& run)
        : run_{&run}, reader_{run.entries()}, left_{run.info().count} {}

    // False at the end.
    Result<bool> advance() {
        if (place_ == batch_.size()) {
            if (left_ == 0) return check_end();
            if (auto done = fetch(); !done) return std::unexpected{done.error()};
        }
        entry_ = batch_[place_++];
        --left_;
        return true;
    }
    const KeyEntry& entry() const { return entry_; }

private:
    // What was read must be what was checked when the run was opened, or a merge would give rot a
    // good checksum.
    Result<bool> check_end() const {
        const bool is_sound =
            run_ == nullptr || reader_->checksum() == run_->info().entries_checksum;
        if (is_sound) return false;
        return fail(ErrorCode::damaged, file_name_of(run_->info()) +
                                            " is not what was written; it is rebuilt at the next "
                                            "start");
    }
    Result<void> fetch() {
        constexpr std::uint64_t kEntriesAtOnce = 16'384;
        const std::size_t count = std::min(left_, kEntriesAtOnce);
        const auto bytes = reader_->read(count * sizeof(KeyEntry));
        if (!bytes) return std::unexpected{bytes.error()};
        fetched_.resize(count);
        std::memcpy(fetched_.data(), bytes->data(), bytes->size());
        batch_ = fetched_;
        place_ = 0;
        return {};
    }

    const KeyRun* run_ = nullptr;
    std::optional<SectionReader> reader_;
    std::vector<KeyEntry> fetched_;
    std::span<const KeyEntry> batch_;
    std::size_t place_ = 0;
    std::uint64_t left_;
    KeyEntry entry_;
};

class RunWriter {
public:
    RunWriter(File& file, std::uint64_t count)
        : file_{file},
          count_{count},
          parts_{count},
          filter_{file, sizeof(RunHeader)},
          directory_{file, parts_.directory_offset},
          page_sums_{file, parts_.page_sums_offset},
          entries_{file, parts_.entries_offset} {}

    Result<void> append(const KeyEntry& entry) {
        const auto block = KeyFilter::block_of(entry.hash, parts_.block_count);
        while (block_index_ < block) {
            if (auto done = end_block(); !done) return done;
        }
        KeyFilter::add(block_, entry.hash);
        page_[place_ % kEntriesPerPage] = entry;
        ++place_;
        return place_ % kEntriesPerPage == 0 ? end_page(kEntriesPerPage) : Result<void>{};
    }

    // Nothing is durable yet.
    Result<RunInfo> finish(const Id128& book, Seq first, Seq last) {
        CHECK_INVARIANT(place_ == count_, "a run is as long as was said");
        while (block_index_ < parts_.block_count) {
            if (auto done = end_block(); !done) return std::unexpected{done.error()};
        }
        const auto end = static_cast<std::uint32_t>(place_);
        auto done = directory_.append(std::as_bytes(std::span{&end, 1}));
        if (done) done = directory_.pad();
        if (done && place_ % kEntriesPerPage != 0) done = end_page(place_ % kEntriesPerPage);
        if (done) done = page_sums_.pad();
        for (SectionWriter* part : {&filter_, &directory_, &page_sums_, &entries_}) {
            if (done) done = part->flush();
        }
        if (!done) return std::unexpected{done.error()};
        const RunInfo run{first, last, count_, entries_.checksum()};
        return write_header(book, run);
    }

private:
    Result<void> end_block() {
        auto done = directory_.append(std::as_bytes(std::span{&block_place_, 1}));
        if (done) done = filter_.append(std::as_bytes(std::span{&block_, 1}));
        block_ = {};
        block_place_ = static_cast<std::uint32_t>(place_);
        ++block_index_;
        return done;
    }

    Result<void> end_page(std::uint64_t entries) {
        const auto page = std::as_bytes(std::span{page_}.first(static_cast<std::size_t>(entries)));
        const auto sum = static_cast<std::uint32_t>(checksum_of(page));
        auto done = page_sums_.append(std::as_bytes(std::span{&sum, 1}));
        return done ? entries_.append(page) : done;
    }

    Result<RunInfo> write_header(const Id128& book, const RunInfo& run) {
        RunHeader header{.book = book,
                         .run = {.first_seq = run.first_seq.value(),
                                 .last_seq = run.last_seq.value(),
                                 .count = run.count,
                                 .entries_checksum = run.entries_checksum},
                         .block_count = parts_.block_count,
                         .filter_checksum = filter_.checksum(),
                         .directory_checksum = directory_.checksum(),
                         .pages_checksum = page_sums_.checksum()};
        const Bytes bytes = std::as_bytes(std::span{&header, 1});
        header.header_checksum = checksum_of(bytes.first(offsetof(RunHeader, header_checksum)));
        if (auto done = file_.write(0, bytes); !done) return std::unexpected{done.error()};
        return run;
    }

    File& file_;
    std::uint64_t count_;
    RunParts parts_;
    SectionWriter filter_;
    SectionWriter directory_;
    SectionWriter page_sums_;
    SectionWriter entries_;
    std::array<KeyEntry, kEntriesPerPage> page_;
    FilterBlock block_;
    std::uint64_t block_index_ = 0;
    std::uint32_t block_place_ = 0;  // of its first entry
    std::uint64_t place_ = 0;
};

Result<void> merge(std::vector<Source>& sources, RunWriter& writer) {
    std::vector<Source*> live;
    for (Source& source : sources) {
        const auto has_one = source.advance();
        if (!has_one) return std::unexpected{has_one.error()};
        if (*has_one) live.push_back(&source);
    }
    while (!live.empty()) {
        auto least = live.begin();
        for (auto other = std::next(least); other != live.end(); ++other) {
            if ((*other)->entry() < (*least)->entry()) least = other;
        }
        if (auto done = writer.append((*least)->entry()); !done) return done;
        const auto has_more = (*least)->advance();
        if (!has_more) return std::unexpected{has_more.error()};
        if (!*has_more) live.erase(least);
    }
    return {};
}

}  // namespace

void sort_entries(std::vector<KeyEntry>& entries) {
    // Buckets by the high bits, of about 16 entries each; then each is sorted where it lies.
    constexpr std::size_t kPerBucket = 16;
    const std::size_t buckets = std::bit_ceil(entries.size() / kPerBucket + 2);
    const int shift = 64 - std::countr_zero(buckets);
    std::vector<std::uint32_t> ends(buckets + 1);
    for (const KeyEntry& entry : entries)
        ++ends[(entry.hash >> shift) + 1];
    std::partial_sum(ends.begin(), ends.end(), ends.begin());
    std::vector<KeyEntry> sorted(entries.size());
    for (const KeyEntry& entry : entries)
        sorted[ends[entry.hash >> shift]++] = entry;
    // Each end has become the next one's beginning.
    std::uint32_t begin = 0;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        std::sort(sorted.begin() + begin, sorted.begin() + ends[bucket]);
        begin = ends[bucket];
    }
    entries.swap(sorted);
}

Result<RunInfo> write_run(const fs::path& directory, const Id128& book, Seq first, Seq last,
                          std::span<const KeyEntry> batch,
                          std::span<const std::shared_ptr<const KeyRun>> runs) {
    std::uint64_t count = batch.size();
    std::vector<Source> sources;
    for (const auto& run : runs) {
        count += run->info().count;
        sources.emplace_back(*run);
    }
    sources.emplace_back(batch);
    CHECK_INVARIANT(count <= std::uint32_t(-1), "a run's places fit 32 bits");
    auto file = File::create(directory / file_name_of({first, last}));
    if (!file) return std::unexpected{file.error()};
    RunWriter writer{*file, count};
    if (auto done = merge(sources, writer); !done) return std::unexpected{done.error()};
    const auto run = writer.finish(book, first, last);
    if (!run) return run;
    if (auto done = file->sync(); !done) return std::unexpected{done.error()};
    return run;
}

}  // namespace daybook::state
