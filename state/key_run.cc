#include "state/key_run.h"

#include <array>
#include <cstring>
#include <utility>

namespace daybook::state {

namespace {

constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20;

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
      directory_bytes{padded_to_8((block_count + 1) * sizeof(std::uint32_t))},
      entries_offset{directory_offset + directory_bytes} {}

Result<std::shared_ptr<const KeyRun>> KeyRun::open(const std::filesystem::path& directory,
                                                   const Id128& book, const RunInfo& info) {
    auto file = File::open(directory / file_name_of(info));
    if (!file) return std::unexpected{file.error()};
    std::shared_ptr<KeyRun> run{new KeyRun{*std::move(file), info}};
    if (auto loaded = run->load(book); !loaded) return std::unexpected{loaded.error()};
    return run;
}

Result<void> KeyRun::load(const Id128& book) {
    RunHeader header;
    if (auto done = file_.read(0, std::as_writable_bytes(std::span{&header, 1})); !done) {
        return done;
    }
    const RunParts parts{info_.count};
    const RunRow row = to_row(info_);
    const Bytes before_checksum =
        std::as_bytes(std::span{&header, 1}).first(offsetof(RunHeader, header_checksum));
    const bool is_ours = header.magic == kRunMagic && header.format_version == kFormatVersion &&
                         header.header_checksum == checksum_of(before_checksum) &&
                         header.book == book && header.block_count == parts.block_count &&
                         std::memcmp(&header.run, &row, sizeof row) == 0;
    if (!is_ours) return bad_file(file_);

    blocks_.resize(parts.block_count);
    const auto blocks = std::as_writable_bytes(std::span{blocks_});
    if (auto done = file_.read(sizeof header, blocks); !done) return done;
    directory_.resize(parts.directory_bytes / sizeof(std::uint32_t));
    const auto places = std::as_writable_bytes(std::span{directory_});
    if (auto done = file_.read(parts.directory_offset, places); !done) return done;
    if (checksum_of(blocks) != header.filter_checksum ||
        checksum_of(places) != header.directory_checksum) {
        return bad_file(file_);
    }
    entries_offset_ = parts.entries_offset;
    return check_entries();
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

Result<void> KeyRun::find(std::uint64_t hash, std::vector<Seq>& found) const {
    constexpr std::size_t kEntriesAtOnce = 64;
    const auto block = KeyFilter::block_of(hash, blocks_.size());
    std::uint64_t place = directory_[block];
    const std::uint64_t end = directory_[block + 1];
    std::array<KeyEntry, kEntriesAtOnce> entries;
    while (place < end) {
        const auto some = std::span{entries}.first(
            static_cast<std::size_t>(std::min<std::uint64_t>(kEntriesAtOnce, end - place)));
        auto done =
            file_.read(entries_offset_ + place * sizeof(KeyEntry), std::as_writable_bytes(some));
        if (!done) return done;
        for (const KeyEntry& entry : some) {
            if (entry.hash == hash) found.emplace_back(entry.seq);
        }
        place += some.size();
    }
    return {};
}

}  // namespace daybook::state
