#include "journal/archive.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "journal/directory.h"
#include "journal/lmdb_txn.h"

namespace daybook::journal {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kUnpackedBytesMax = std::size_t{64} << 20;

constexpr const char* kRestore = "; put it back from a backup of the data directory";

// A segment that cannot be read just now, for want of descriptors or memory, is not to be replaced.
std::unexpected<Error> unreadable(const Error& error) {
    const bool is_lost = error.code == ErrorCode::damaged || error.code == ErrorCode::not_found;
    return fail(error.code, error.detail + (is_lost ? kRestore : ""));
}

Result<std::vector<fs::path>> list_segments(const fs::path& directory) {
    std::vector<fs::path> paths;
    std::error_code problem;
    for (auto entry = fs::directory_iterator{directory, problem};
         !problem && entry != fs::directory_iterator{}; entry.increment(problem)) {
        if (entry->path().extension() == kSegmentSuffix) paths.push_back(entry->path());
    }
    if (problem) return system_error(problem.value(), "cannot list " + directory.string());
    std::ranges::sort(paths);
    return paths;
}

// That `next` continues what ends with the block `number` of this hash.
Result<void> check_follows(const Segment& next, std::uint64_t number, Seq last_seq,
                           const Hash256* hash) {
    const SegmentInfo& info = next.info();
    if (info.first_block > number + 1) {
        return fail(ErrorCode::damaged, "archive " + next.path().parent_path().string() +
                                            ": the segment that begins with seq " +
                                            std::to_string(last_seq.next().value()) +
                                            " is missing" + kRestore);
    }
    const bool follows = info.first_block == number + 1 && info.first_seq == last_seq.next() &&
                         (hash == nullptr || info.previous == *hash);
    if (follows) return {};
    return fail(ErrorCode::damaged, "segment " + next.path().string() +
                                        " does not continue the one before it" + kRestore);
}

}  // namespace

fs::path archive_directory(const fs::path& journal) {
    auto path = journal.lexically_normal();
    if (!path.has_filename()) path = path.parent_path();  // it ended in a slash
    return path.parent_path() / kArchiveName;
}

fs::path segment_path(const fs::path& archive, Seq first, Seq last) {
    std::array<char, 64> name{};
    std::snprintf(name.data(), name.size(), "%015llu-%015llu%s",
                  static_cast<unsigned long long>(first.value()),
                  static_cast<unsigned long long>(last.value()), kSegmentSuffix);
    return archive / name.data();
}

Result<std::shared_ptr<const Archive>> Archive::open(const fs::path& directory, const Id128& book) {
    std::vector<std::shared_ptr<const Segment>> segments;
    std::error_code problem;
    if (fs::exists(directory, problem) || problem) {
        if (auto checked = check_directory(directory); !checked) {
            return std::unexpected{checked.error()};
        }
        const auto paths = list_segments(directory);
        if (!paths) return std::unexpected{paths.error()};
        for (const auto& path : *paths) {
            auto segment = Segment::open(path);
            if (!segment) return unreadable(segment.error());
            if ((*segment)->info().book != book) {
                return fail(ErrorCode::damaged, "segment " + path.string() +
                                                    " is of another book; put back the one that "
                                                    "belongs here from a backup");
            }
            segments.push_back(*std::move(segment));
        }
    }
    std::ranges::sort(segments, {},
                      [](const auto& segment) { return segment->info().first_block; });
    std::uint64_t number = 0;
    Seq last_seq;
    const Hash256* hash = nullptr;
    for (const auto& segment : segments) {
        if (auto follows = check_follows(*segment, number, last_seq, hash); !follows) {
            return std::unexpected{follows.error()};
        }
        number = segment->info().last_block;
        last_seq = segment->info().last_seq;
        hash = &segment->info().last_hash;
    }
    return std::shared_ptr<const Archive>{new Archive{std::move(segments)}};
}

std::uint64_t Archive::last_block() const {
    return segments_.empty() ? 0 : segments_.back()->info().last_block;
}

Seq Archive::last_seq() const {
    return segments_.empty() ? Seq{} : segments_.back()->info().last_seq;
}

Archive::Chunk Archive::find_unpacked(std::size_t segment, std::size_t place) const {
    const std::scoped_lock lock{mutex_};
    const auto found = std::ranges::find_if(unpacked_, [&](const Unpacked& unpacked) {
        return unpacked.segment == segment && unpacked.place == place;
    });
    if (found == unpacked_.end()) return nullptr;
    unpacked_.splice(unpacked_.begin(), unpacked_, found);
    return found->chunk;
}

void Archive::keep(Unpacked unpacked) const {
    const std::scoped_lock lock{mutex_};
    unpacked_bytes_ += unpacked.bytes;
    unpacked_.push_front(std::move(unpacked));
    while (unpacked_bytes_ > kUnpackedBytesMax && unpacked_.size() > 1) {
        unpacked_bytes_ -= unpacked_.back().bytes;
        unpacked_.pop_back();
    }
}

// Two threads may unpack the same one at a time; nobody waits for another's disk.
Result<Archive::Chunk> Archive::chunk(std::size_t segment, std::size_t place) const {
    if (auto found = find_unpacked(segment, place)) return found;
    auto unpacked = segments_[segment]->chunk(place);
    if (!unpacked) return unreadable(unpacked.error());
    auto chunk = std::make_shared<const SegmentChunk>(*std::move(unpacked));
    std::size_t bytes = 0;
    for (const BlockView& block : chunk->blocks())
        bytes += block.stored().size();
    keep({segment, place, bytes, chunk});
    return chunk;
}

Result<BlockView> Archive::block_of(Seq seq) const {
    CHECK_INVARIANT(seq >= Seq{1} && seq <= last_seq(), "the Seq is in the archive");
    const auto after = std::ranges::upper_bound(
        segments_, seq, {}, [](const auto& segment) { return segment->info().first_seq; });
    const auto segment = static_cast<std::size_t>(after - segments_.begin()) - 1;
    const auto chunk = this->chunk(segment, segments_[segment]->chunk_of(seq));
    if (!chunk) return std::unexpected{chunk.error()};
    const BlockView* const block = (*chunk)->block_of(seq);
    CHECK_INVARIANT(block != nullptr, "a chunk holds what its index says");
    return block->owned_by(*chunk);
}

Result<BlockView> Archive::block_numbered(std::uint64_t number) const {
    CHECK_INVARIANT(number >= 1 && number <= last_block(), "the block is in the archive");
    const auto after = std::ranges::upper_bound(
        segments_, number, {}, [](const auto& segment) { return segment->info().first_block; });
    const auto segment = static_cast<std::size_t>(after - segments_.begin()) - 1;
    const auto chunk = this->chunk(segment, segments_[segment]->chunk_of_block(number));
    if (!chunk) return std::unexpected{chunk.error()};
    const auto& blocks = (*chunk)->blocks();
    return blocks[number - blocks.front().info().number].owned_by(*chunk);
}

}  // namespace daybook::journal
