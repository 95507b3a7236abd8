// Segment: a closed range of a journal's blocks in one compressed file, their bytes unchanged. It
// is written once (journal/segment_writer.h) and verifiable by itself. Bytes: journal/FORMAT.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "journal/block.h"
#include "journal/chain.h"
#include "journal/segment_format.h"

namespace daybook::journal {

// What a segment says of itself.
struct SegmentInfo {
    Id128 book;
    std::uint64_t first_block = 0;  // number; 0 when it begins with the genesis block
    std::uint64_t last_block = 0;
    Seq first_seq{1};
    Seq last_seq;       // before first_seq when it holds the genesis block alone
    Stamp first_stamp;  // of the first block
    Stamp last_stamp;
    Hash256 previous;   // of the block before the first; zeros when that is the genesis block
    Hash256 last_hash;  // of the last block
    Hash256 hash;       // the segment's own: two with the same one are the same to the byte
    std::uint64_t block_bytes = 0;  // of all blocks
    std::uint64_t file_bytes = 0;

    friend bool operator==(const SegmentInfo&, const SegmentInfo&) = default;
};

SegmentInfo info_of(const SegmentTrailer& trailer, std::uint64_t file_bytes);

// Some whole blocks, unpacked. Each one's header has been checked, and that they follow each other;
// not their records (BlockView::record, ChainCheck).
class SegmentChunk {
public:
    // In order, at least one; valid as long as the chunk.
    std::span<const BlockView> blocks() const { return blocks_; }
    // The one that holds `seq`; nothing when it is in another chunk.
    const BlockView* block_of(Seq seq) const;

private:
    friend class Segment;
    SegmentChunk() = default;

    std::unique_ptr<std::byte[]> bytes_;
    std::vector<BlockView> blocks_;
};

// An open segment. Nothing of it is mapped, so a file that is cut meanwhile is an error. Any number
// of threads.
class Segment {
public:
    // Checks the trailer, the index and all sizes; not the chunks (see `chunk`, `verify_segment`).
    // `damaged` says what is wrong, `not_found` that there is no such file. 48 bytes of memory a
    // chunk.
    static Result<std::shared_ptr<const Segment>> open(const std::filesystem::path& path);
    ~Segment();
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;
    Segment(Segment&&) = delete;
    Segment& operator=(Segment&&) = delete;

    const std::filesystem::path& path() const { return path_; }
    const SegmentInfo& info() const { return info_; }
    std::size_t chunk_count() const { return index_.size(); }
    // Which chunk holds `seq` (first_seq … last_seq, checked).
    std::size_t chunk_of(Seq seq) const;
    // Which chunk holds block `number` (first_block … last_block, checked).
    std::size_t chunk_of_block(std::uint64_t number) const;

    // Reads and unpacks it: about 256 KiB, or one larger block. `damaged` unless its checksum
    // matches and it holds the blocks the index says.
    Result<SegmentChunk> chunk(std::size_t place) const;
    // SHA-256 of the file, as `sha256sum` says it, after comparing everything before the trailer
    // with the trailer. Reads all of it.
    Result<Hash256> verify_bytes() const;

private:
    Segment(std::filesystem::path path, int fd) : path_{std::move(path)}, fd_{fd} {}
    Result<void> read_trailer();
    Result<void> read_index(const SegmentTrailer& trailer);
    bool has_sound_index(const SegmentTrailer& trailer) const;
    Result<void> read(std::uint64_t offset, std::span<std::byte> into) const;
    Result<void> unpack(std::size_t place, SegmentChunk& chunk) const;
    Result<void> split(std::size_t place, SegmentChunk& chunk) const;
    std::unexpected<Error> damaged(const std::string& what) const;
    std::unexpected<Error> damaged(std::size_t place, const std::string& what) const;

    std::filesystem::path path_;
    int fd_;
    SegmentInfo info_;
    std::uint64_t index_offset_ = 0;
    Hash256 content_;
    std::vector<ChunkEntry> index_;
};

// Verifies every byte of the segment, and that its blocks continue the chain `chain` has seen (all
// blocks before, or ChainCheck{head}). `visit` sees each block once it is verified, and stops it by
// an error. Returns the file's SHA-256. `damaged` names the first bad block or Seq.
using VisitBlock = std::function<Result<void>(const BlockView& block)>;
Result<Hash256> verify_segment(const Segment& segment, ChainCheck& chain,
                               const VisitBlock& visit = {});

}  // namespace daybook::journal
