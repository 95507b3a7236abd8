// Archive: the journal's first blocks in sealed segments, in `archive/` beside the journal, and
// read as if they were still in it. Immutable; shared by all snapshots of a process; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "journal/segment.h"

namespace daybook::journal {

inline constexpr const char* kArchiveName = "archive";
inline constexpr const char* kSegmentSuffix = ".segment";

// Of the journal in `journal`.
std::filesystem::path archive_directory(const std::filesystem::path& journal);
// In it, a segment of these records.
std::filesystem::path segment_path(const std::filesystem::path& archive, Seq first, Seq last);

class Archive {
public:
    // Opens every segment in `directory` (trailers and indexes, not the chunks) and checks that
    // they follow each other from block 1 of `book`. None when there is no directory, or no segment
    // in it. `damaged` names the file that is missing or wrong.
    static Result<std::shared_ptr<const Archive>> open(const std::filesystem::path& directory,
                                                       const Id128& book);

    // Of the last block; 0 when there is none.
    std::uint64_t last_block() const;
    Seq last_seq() const;
    const std::vector<std::shared_ptr<const Segment>>& segments() const { return segments_; }

    // The block that holds `seq`, or number `number`; 1 … last (checked). A view keeps its bytes
    // (BlockView::owner): it is valid on its own. Unpacks about 256 KiB, or takes them from those
    // it has, 64 MiB at most.
    Result<BlockView> block_of(Seq seq) const;
    Result<BlockView> block_numbered(std::uint64_t number) const;

private:
    using Chunk = std::shared_ptr<const SegmentChunk>;
    struct Unpacked {
        std::size_t segment = 0;
        std::size_t place = 0;
        std::size_t bytes = 0;
        Chunk chunk;
    };

    explicit Archive(std::vector<std::shared_ptr<const Segment>> segments)
        : segments_{std::move(segments)} {}
    Result<Chunk> chunk(std::size_t segment, std::size_t place) const;
    Chunk find_unpacked(std::size_t segment, std::size_t place) const;
    void keep(Unpacked unpacked) const;

    std::vector<std::shared_ptr<const Segment>> segments_;  // in their order
    mutable std::mutex mutex_;
    mutable std::list<Unpacked> unpacked_;  // under the mutex; used last first
    mutable std::size_t unpacked_bytes_ = 0;
};

}  // namespace daybook::journal
