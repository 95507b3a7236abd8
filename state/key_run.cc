#include "state/key_run.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace daybook::state {

namespace {

constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20;

constexpr std::uint64_t even(std::uint64_t count) {
    return (count + 1) & ~std::uint64_t{1};
}

std::unexpected<Error> bad_file(const File& file) {
    return fail(ErrorCode::damaged, file.path().string() + " is not what was written");
}

RunRow to_row(const RunInfo& run) {
    return {.first_seq = run.first_seq.value(),
            .last_seq = run.last_seq.value(),
            .count = run.count,
            .entries_checksum = run.entries_checksum};
}

}  // namespace

std::string file_name_of(const RunInfo& run) {
    return "keys-" + std::to_string(run.first_seq.value()) + "-" +
           std::to_string(run.last_seq.value());
}

RunParts::RunParts(std::uint64_t count)
    : block_count{(count + kKeysPerBlock - 1) / kKeysPerBlock},
      directory_offset{sizeof(RunHeader) + block_count * sizeof(FilterBlock)},
      directory_count{even(block_count + 1)},
      page_sums_offset{directory_offset + directory_count * sizeof(std::uint32_t)},
      page_sums_count{even((count + kEntriesPerPage - 1) / kEntriesPerPage)},
      entries_offset{page_sums_offset + page_sums_count * sizeof(std::uint32_t)},
      file_bytes{entries_offset + count * sizeof(KeyEntry)} {}

std::uint64_t KeyRun::memory_bytes() const {
    return blocks_.span().size_bytes() + directory_.span().size_bytes() +
           page_sums_.span().size_bytes();
}

Result<std::shared_ptr<const KeyRun>> KeyRun::open(const std::filesystem::path& directory,
                                                   const Id128& book, const RunInfo& info) {
    auto file = File::open(directory / file_name_of(info));
    if (!file) return std::unexpected{file.error()};
    std::shared_ptr<KeyRun> run{new KeyRun{*std::move(file), info}};
    if (auto loaded = run->load(book); !loaded) return std::unexpected{loaded.error()};
    return run;
}

template <typename T>
Result<void> KeyRun::load_part(HugeArray<T>& part, std::uint64_t offset, std::uint64_t checksum) {
    const auto bytes = std::as_writable_bytes(part.span());
    if (auto done = file_.read(offset, bytes); !done) return done;
    if (checksum_of(bytes) != checksum) return bad_file(file_);
    return {};
}

Result<void> KeyRun::load(const Id128& book) {
    RunHeader header;
    const auto bytes = std::as_writable_bytes(std::span{&header, 1});
    if (auto done = file_.read(0, bytes); !done) return done;
    const RunParts parts{info_.count};
    const RunRow row = to_row(info_);
    const auto checksum = checksum_of(bytes.first(offsetof(RunHeader, header_checksum)));
    const auto size = file_.size();
    if (!size) return std::unexpected{size.error()};
    const bool is_ours = header.magic == kRunMagic && header.format_version == kFormatVersion &&
                         header.header_checksum == checksum && header.book == book &&
                         header.block_count == parts.block_count && *size == parts.file_bytes &&
                         std::memcmp(&header.run, &row, sizeof row) == 0;
    if (!is_ours) return bad_file(file_);
    blocks_ = HugeArray<FilterBlock>{parts.block_count};
    directory_ = HugeArray<std::uint32_t>{parts.directory_count};
    page_sums_ = HugeArray<std::uint32_t>{parts.page_sums_count};
    entries_offset_ = parts.entries_offset;
    auto done = load_part(blocks_, sizeof header, header.filter_checksum);
    if (done) done = load_part(directory_, parts.directory_offset, header.directory_checksum);
    if (done) done = load_part(page_sums_, parts.page_sums_offset, header.pages_checksum);
    if (done) done = check_entries();
    return done;
}

Result<void> KeyRun::check_entries() const {
    SectionReader all = entries();
    std::uint64_t left = info_.count * sizeof(KeyEntry);
    while (left > 0) {
        const auto size = std::min(left, kPieceBytes);
        if (const auto piece = all.read(size); !piece) return std::unexpected{piece.error()};
        left -= size;
    }
    if (all.checksum() != info_.entries_checksum) return bad_file(file_);
    return {};
}

SectionReader KeyRun::entries() const {
    return SectionReader{file_, entries_offset_, info_.count * sizeof(KeyEntry)};
}

Result<std::span<const KeyEntry>> KeyRun::read_page(std::uint64_t number, Page& page) const {
    const std::uint64_t first = number * kEntriesPerPage;
    const auto entries = std::span{page}.first(
        static_cast<std::size_t>(std::min(kEntriesPerPage, info_.count - first)));
    const auto bytes = std::as_writable_bytes(entries);
    if (auto done = file_.read(entries_offset_ + first * sizeof(KeyEntry), bytes); !done) {
        return std::unexpected{done.error()};
    }
    if (static_cast<std::uint32_t>(checksum_of(bytes)) != page_sums_[number]) {
        return bad_file(file_);
    }
    return entries;
}

// Nearly always the block's only page or its first; but the references that many entries have lie
// in a block that is as long as they are many.
Result<std::uint64_t> KeyRun::first_page(std::uint64_t hash, Page& page) const {
    const auto block = KeyFilter::block_of(hash, blocks_.size());
    std::uint64_t first = directory_[block] / kEntriesPerPage;
    std::uint64_t last = directory_[block + 1] / kEntriesPerPage;
    while (last - first > 1) {
        const std::uint64_t middle = first + (last - first) / 2;
        const auto entries = read_page(middle, page);
        if (!entries) return std::unexpected{entries.error()};
        (entries->front().hash < hash ? first : last) = middle;
    }
    return first;
}

Result<std::optional<Seq>> KeyRun::find(std::uint64_t hash, const IsIt& is_it) const {
    Page page;
    const auto first = first_page(hash, page);
    if (!first) return std::unexpected{first.error()};
    for (std::uint64_t number = *first; number * kEntriesPerPage < info_.count; ++number) {
        const auto entries = read_page(number, page);
        if (!entries) return std::unexpected{entries.error()};
        for (const KeyEntry& entry : *entries) {
            if (entry.hash > hash) return std::optional<Seq>{};
            if (entry.hash < hash) continue;
            const auto found = is_it(Seq{entry.seq});
            if (!found) return std::unexpected{found.error()};
            if (*found) return std::optional{Seq{entry.seq}};
        }
    }
    return std::optional<Seq>{};
}

}  // namespace daybook::state
