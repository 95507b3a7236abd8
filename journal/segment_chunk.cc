// How a segment's chunk is unpacked. Its bytes are foreign until they have been compared.
#include <cstring>
#include <new>
#include <string>
#include <zstd.h>

#include <xxhash.h>

#include "journal/segment.h"

namespace daybook::journal {

namespace {

using Room = std::unique_ptr<std::byte[]>;

// Not initialised: what a frame does not fill is never touched. Nothing when there is no memory.
Room room_for(std::size_t bytes) {
    return Room{new (std::nothrow) std::byte[bytes]};
}

}  // namespace

Result<void> Segment::unpack(std::size_t place, SegmentChunk& chunk) const {
    const ChunkEntry& entry = index_[place];
    const Room frame = room_for(entry.stored_bytes);
    chunk.bytes_ = room_for(entry.block_bytes);
    if (frame == nullptr || chunk.bytes_ == nullptr) {
        return fail(ErrorCode::configuration,
                    "segment " + path_.string() + ": no memory for a chunk of " +
                        std::to_string(entry.block_bytes) + " bytes; give the process more");
    }
    if (auto got = read(entry.offset, {frame.get(), entry.stored_bytes}); !got) return got;
    if (XXH3_64bits_withSeed(frame.get(), entry.stored_bytes, place) != entry.checksum) {
        return damaged(place, "do not match their checksum");
    }
    const auto unpacked =
        ZSTD_decompress(chunk.bytes_.get(), entry.block_bytes, frame.get(), entry.stored_bytes);
    if (ZSTD_isError(unpacked) != 0 || unpacked != entry.block_bytes) {
        return damaged(place, "cannot be unpacked");
    }
    return {};
}

// Finds the blocks in what was unpacked, and that they are those the index promises.
Result<void> Segment::split(std::size_t place, SegmentChunk& chunk) const {
    const ChunkEntry& entry = index_[place];
    const bool is_last = place + 1 == index_.size();
    Bytes rest{chunk.bytes_.get(), entry.block_bytes};
    std::uint64_t number = entry.first_block;
    Seq next{entry.first_seq};
    Hash256 previous = info_.previous;
    while (!rest.empty()) {
        BlockHeader header;
        if (rest.size() < sizeof header) return damaged(place, "end within a block");
        std::memcpy(&header, rest.data(), sizeof header);
        if (header.block_bytes > rest.size()) return damaged(place, "end within a block");
        const auto block = BlockView::parse(rest.first(header.block_bytes));
        if (!block) return damaged(place, "are damaged: " + block.error().detail);
        const BlockInfo& info = block->info();
        const bool continues = info.number == number && info.first_seq == next &&
                               info.book == info_.book &&
                               ((chunk.blocks_.empty() && place != 0) || info.previous == previous);
        if (!continues) return damaged(place, "do not follow each other");
        chunk.blocks_.push_back(*block);
        ++number;
        next = info.last_seq().next();
        previous = info.hash;
        rest = rest.subspan(header.block_bytes);
    }
    const bool ends_well = is_last
                               ? number == info_.last_block + 1 && next == info_.last_seq.next() &&
                                     previous == info_.last_hash
                               : number == index_[place + 1].first_block &&
                                     next.value() == index_[place + 1].first_seq;
    if (!ends_well) return damaged(place, "are not those its index says");
    return {};
}

}  // namespace daybook::journal
