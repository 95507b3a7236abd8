// KeyRun: the keys of a range of Seqs in one immutable file, sorted by hash, behind a filter that
// is kept in memory (18 bits a key with its directory). Readable from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/huge_array.h"
#include "base/prefetch.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/amount.h"
#include "state/file.h"
#include "state/layout.h"

namespace daybook::state {

struct RunInfo {
    Seq first_seq;  // the range of Seqs whose keys it holds
    Seq last_seq;
    std::uint64_t count = 0;
    std::uint64_t entries_checksum = 0;
    friend bool operator==(const RunInfo&, const RunInfo&) = default;
};

std::string file_name_of(const RunInfo& run);

// The filter of one run, read without its file.
class KeyFilter {
public:
    explicit KeyFilter(std::span<const FilterBlock> blocks) : blocks_{blocks} {}

    // Blocks follow the order of the hashes.
    static std::uint64_t block_of(std::uint64_t hash, std::uint64_t block_count) {
        return static_cast<std::uint64_t>((static_cast<Uint128>(hash) * block_count) >> 64);
    }
    static void add(FilterBlock& block, std::uint64_t hash) {
        std::uint64_t bits = spread(hash);
        for (auto& word : block.words) {
            word |= std::uint64_t{1} << (bits >> 58);
            bits <<= 6;
        }
    }
    bool may_hold(std::uint64_t hash) const {
        const FilterBlock& block = blocks_[block_of(hash, blocks_.size())];
        const std::uint64_t bits = spread(hash);
        // Half of the words tell nearly all new keys; only then is there a branch.
        return has_all(block, bits, 0) && has_all(block, bits, 4);
    }
    void prefetch(std::uint64_t hash) const {
        daybook::prefetch(&blocks_[block_of(hash, blocks_.size())]);
    }

private:
    static bool has_all(const FilterBlock& block, std::uint64_t bits, unsigned first) {
        std::uint64_t found = 1;
        for (unsigned i = first; i < first + 4; ++i)
            found &= block.words[i] >> ((bits >> (58 - 6 * i)) & 63);
        return (found & 1) != 0;
    }
    // The high bits of a hash choose its block, so the bits within it come from all the others.
    static std::uint64_t spread(std::uint64_t hash) { return hash * 0x9e3779b97f4a7c15; }

    std::span<const FilterBlock> blocks_;
};

class KeyRun {
public:
    // Told a Seq; true when it is the one that is looked for.
    using IsIt = std::function<Result<bool>(Seq)>;

    // Reads the whole file once and compares its checksums; `damaged` when it is not what
    // the manifest names.
    static Result<std::shared_ptr<const KeyRun>> open(const std::filesystem::path& directory,
                                                      const Id128& book, const RunInfo& info);

    const RunInfo& info() const { return info_; }
    KeyFilter filter() const { return KeyFilter{blocks_.span()}; }
    std::uint64_t memory_bytes() const;

    // The first of the Seqs under this hash, ascending, that is the one. Reads one page of the
    // file, or a few, and compares its checksum.
    Result<std::optional<Seq>> find(std::uint64_t hash, const IsIt& is_it) const;

    // All entries, in order. Whoever reads to the end must compare the checksum with the run's.
    SectionReader entries() const;

private:
    using Page = std::array<KeyEntry, kEntriesPerPage>;

    KeyRun(File file, const RunInfo& info) : file_{std::move(file)}, info_{info} {}
    Result<void> load(const Id128& book);
    template <typename T>
    Result<void> load_part(HugeArray<T>& part, std::uint64_t offset, std::uint64_t checksum);
    Result<void> check_entries() const;
    // The entries of a page, in `page`.
    Result<std::span<const KeyEntry>> read_page(std::uint64_t number, Page& page) const;
    // The first page that may hold the hash.
    Result<std::uint64_t> first_page(std::uint64_t hash, Page& page) const;

    File file_;
    RunInfo info_;
    HugeArray<FilterBlock> blocks_;
    HugeArray<std::uint32_t> directory_;
    HugeArray<std::uint32_t> page_sums_;
    std::uint64_t entries_offset_ = 0;
};

// Sorts by hash, then by Seq; quicker than a general sort, since hashes are spread evenly.
void sort_entries(std::vector<KeyEntry>& entries);

// Merges `batch` (sorted) and `runs` into one run of the range `first` to `last`; durable when it
// returns, under its name in `directory`.
Result<RunInfo> write_run(const std::filesystem::path& directory, const Id128& book, Seq first,
                          Seq last, std::span<const KeyEntry> batch,
                          std::span<const std::shared_ptr<const KeyRun>> runs);

// Where a run's parts lie.
struct RunParts {
    explicit RunParts(std::uint64_t count);
    std::uint64_t block_count;
    std::uint64_t directory_offset;
    std::uint64_t directory_count;  // an even number, so that what follows is aligned
    std::uint64_t page_sums_offset;
    std::uint64_t page_sums_count;  // the same
    std::uint64_t entries_offset;
    std::uint64_t file_bytes;
};

}  // namespace daybook::state
