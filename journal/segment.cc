#include "journal/segment.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <xxhash.h>

#include "base/check.h"
#include "journal/lmdb_txn.h"
#include "journal/sha256.h"
#include "journal/sha256_stream.h"

namespace daybook::journal {

namespace {

template <typename T>
std::span<std::byte> writable_bytes(T& value) {
    return std::as_writable_bytes(std::span{&value, 1});
}

Bytes unhashed_bytes(const SegmentTrailer& trailer) {
    return std::as_bytes(std::span{&trailer, 1}).first(offsetof(SegmentTrailer, hash));
}

}  // namespace

SegmentInfo info_of(const SegmentTrailer& trailer, std::uint64_t file_bytes) {
    return {.book = trailer.book,
            .first_block = trailer.first_block,
            .last_block = trailer.last_block,
            .first_seq = Seq{trailer.first_seq},
            .last_seq = Seq{trailer.last_seq},
            .first_stamp = Stamp{trailer.first_stamp_ns},
            .last_stamp = Stamp{trailer.last_stamp_ns},
            .previous = trailer.previous,
            .last_hash = trailer.last_hash,
            .hash = trailer.hash,
            .block_bytes = trailer.block_bytes,
            .file_bytes = file_bytes};
}

Result<std::shared_ptr<const Segment>> Segment::open(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return system_error(errno, "cannot open " + path.string());
    const std::shared_ptr<Segment> segment{new Segment{path, fd}};
    if (auto read = segment->read_trailer(); !read) return std::unexpected{read.error()};
    return segment;
}

Segment::~Segment() {
    close(fd_);
}

std::unexpected<Error> Segment::damaged(const std::string& what) const {
    return fail(ErrorCode::damaged, "segment " + path_.string() + ": " + what);
}

std::unexpected<Error> Segment::damaged(std::size_t place, const std::string& what) const {
    return damaged("its blocks from seq " + std::to_string(index_[place].first_seq) + " on " +
                   what);
}

Result<void> Segment::read(std::uint64_t offset, std::span<std::byte> into) const {
    while (!into.empty()) {
        const auto got = pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error(errno, "cannot read segment " + path_.string());
        if (got == 0) return damaged("it ends too early");
        offset += static_cast<std::uint64_t>(got);
        into = into.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

Result<void> Segment::read_trailer() {
    struct stat file{};
    if (fstat(fd_, &file) != 0) return system_error(errno, "cannot stat " + path_.string());
    if (!S_ISREG(file.st_mode)) return damaged("it is no regular file");
    const auto file_bytes = static_cast<std::uint64_t>(file.st_size);
    SegmentHeader header;
    SegmentTrailer trailer;
    if (file_bytes < sizeof header + sizeof trailer) return damaged("it is too short to be one");
    if (auto got = read(0, writable_bytes(header)); !got) return got;
    if (auto got = read(file_bytes - sizeof trailer, writable_bytes(trailer)); !got) return got;
    if (header.magic != kSegmentMagic) return damaged("these bytes are not a segment");
    if (header.version != kSegmentVersion) {
        return damaged("written by another version (" + std::to_string(header.version) +
                       ", this program reads " + std::to_string(kSegmentVersion) +
                       "); use the program that wrote it");
    }
    const bool is_whole = trailer.magic == kSegmentTrailerMagic &&
                          trailer.version == kSegmentVersion &&
                          trailer.trailer_bytes == sizeof trailer &&
                          hash_of(HashDomain::segment, unhashed_bytes(trailer)) == trailer.hash;
    if (!is_whole) return damaged("its trailer does not match its hash, or it has been cut");
    if (header.header_bytes != sizeof header || header.book != trailer.book) {
        return damaged("its header contradicts its trailer");
    }
    info_ = info_of(trailer, file_bytes);
    index_offset_ = trailer.index_offset;
    content_ = trailer.content;
    return read_index(trailer);
}

Result<void> Segment::read_index(const SegmentTrailer& trailer) {
    const std::uint64_t before_trailer = info_.file_bytes - sizeof trailer;
    // In an order that cannot overflow.
    const bool has_place =
        trailer.chunk_count != 0 && trailer.chunk_count <= before_trailer / sizeof(ChunkEntry) &&
        trailer.index_offset == before_trailer - (trailer.chunk_count * sizeof(ChunkEntry));
    if (!has_place) return damaged("it contradicts its own sizes");
    index_.resize(trailer.chunk_count);
    const auto bytes = std::as_writable_bytes(std::span{index_});
    if (auto got = read(trailer.index_offset, bytes); !got) return got;
    if (XXH3_64bits(bytes.data(), bytes.size()) != trailer.index_checksum) {
        return damaged("its index does not match its checksum");
    }
    if (!has_sound_index(trailer)) return damaged("its index contradicts itself");
    return {};
}

bool Segment::has_sound_index(const SegmentTrailer& trailer) const {
    std::uint64_t offset = sizeof(SegmentHeader);
    std::uint64_t block_bytes = 0;
    std::uint64_t first_block = trailer.first_block;
    std::uint64_t first_seq = trailer.first_seq;
    for (const ChunkEntry& entry : index_) {
        const bool is_first = &entry == &index_.front();
        const bool is_sound =
            entry.offset == offset && entry.stored_bytes != 0 &&
            entry.stored_bytes <= trailer.index_offset - offset &&
            entry.block_bytes >= sizeof(BlockHeader) && entry.block_bytes <= kChunkBytesMax &&
            entry.block_bytes / kUnpackedOfByteMax <= entry.stored_bytes &&
            (is_first ? entry.first_block == first_block : entry.first_block > first_block) &&
            (is_first ? entry.first_seq == first_seq : entry.first_seq >= first_seq);
        if (!is_sound) return false;
        offset += entry.stored_bytes;
        block_bytes += entry.block_bytes;
        first_block = entry.first_block;
        first_seq = entry.first_seq;
    }
    return offset == trailer.index_offset && block_bytes == trailer.block_bytes &&
           trailer.last_block >= first_block && trailer.first_seq >= 1 &&
           trailer.last_seq + 1 >= first_seq;
}

std::size_t Segment::chunk_of(Seq seq) const {
    CHECK_INVARIANT(seq >= info_.first_seq, "the Seq is in the segment");
    CHECK_INVARIANT(seq <= info_.last_seq, "the Seq is in the segment");
    // The last one that starts there or before: one in front may hold the genesis block alone.
    const auto after = std::ranges::upper_bound(index_, seq.value(), {}, &ChunkEntry::first_seq);
    return static_cast<std::size_t>(after - index_.begin()) - 1;
}

std::size_t Segment::chunk_of_block(std::uint64_t number) const {
    CHECK_INVARIANT(number >= info_.first_block, "the block is in the segment");
    CHECK_INVARIANT(number <= info_.last_block, "the block is in the segment");
    const auto after = std::ranges::upper_bound(index_, number, {}, &ChunkEntry::first_block);
    return static_cast<std::size_t>(after - index_.begin()) - 1;
}

Result<SegmentChunk> Segment::chunk(std::size_t place) const {
    CHECK_INVARIANT(place < index_.size(), "the segment has so many chunks");
    SegmentChunk chunk;
    if (auto unpacked = unpack(place, chunk); !unpacked) return std::unexpected{unpacked.error()};
    if (auto found = split(place, chunk); !found) return std::unexpected{found.error()};
    return chunk;
}

Result<Hash256> Segment::verify_bytes() const {
    std::vector<std::byte> piece(std::size_t{1} << 20);
    const std::uint64_t content_end = info_.file_bytes - sizeof(SegmentTrailer);
    Sha256Stream content;
    Sha256Stream whole;
    for (std::uint64_t at = 0; at < info_.file_bytes;) {
        const std::uint64_t end = at < content_end ? content_end : info_.file_bytes;
        const auto bytes = std::span{piece}.first(
            static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), end - at)));
        if (auto got = read(at, bytes); !got) return std::unexpected{got.error()};
        if (at < content_end) content.add(bytes);
        whole.add(bytes);
        at += bytes.size();
    }
    if (content.finish() != content_) return damaged("its bytes do not match its hash");
    return whole.finish();
}

const BlockView* SegmentChunk::block_of(Seq seq) const {
    const auto found = std::ranges::find_if(blocks_, [&](const BlockView& block) {
        return block.info().first_seq <= seq && seq <= block.info().last_seq();
    });
    return found == blocks_.end() ? nullptr : &*found;
}

Result<Hash256> verify_segment(const Segment& segment, ChainCheck& chain, const VisitBlock& visit) {
    for (std::size_t place = 0; place < segment.chunk_count(); ++place) {
        const auto chunk = segment.chunk(place);
        if (!chunk) return std::unexpected{chunk.error()};
        for (const BlockView& block : chunk->blocks()) {
            const BlockInfo& info = block.info();
            const auto damage = chain.check(block);
            if (damage) return fail(error_of(info, *damage), "segment " + segment.path().string());
            if (!visit) continue;
            if (auto visited = visit(block); !visited) return std::unexpected{visited.error()};
        }
    }
    return segment.verify_bytes();
}

}  // namespace daybook::journal
