#include "journal/block.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include <xxhash.h>

#include "base/check.h"
#include "journal/format.h"
#include "journal/merkle.h"
#include "journal/sha256.h"

namespace daybook::journal {

namespace {

constexpr std::size_t trailer_bytes(std::size_t record_count) {
    return (record_count * sizeof(IndexEntry)) + (kPeaksMax * sizeof(Hash256));
}

bool is_aligned(const void* address) {
    return std::bit_cast<std::uintptr_t>(address) % alignof(std::uint64_t) == 0;
}

std::unexpected<Error> damaged(const std::string& what) {
    return fail(ErrorCode::damaged, what);
}

std::string name_of(const BlockInfo& info) {
    return "block " + std::to_string(info.number);
}

IndexEntry entry_at(Bytes index, std::size_t place) {
    IndexEntry entry;
    std::memcpy(&entry, index.data() + (place * sizeof entry), sizeof entry);
    return entry;
}

// Only offsets and sizes; in an order that cannot overflow.
bool has_sound_layout(const BlockHeader& header, std::size_t stored_bytes) {
    const std::uint64_t index_bytes = std::uint64_t{header.record_count} * sizeof(IndexEntry);
    const std::uint64_t peaks_bytes = std::uint64_t{header.peak_count} * sizeof(Hash256);
    return header.payload_bytes <= kPayloadBytesMax && header.payload_bytes % 8 == 0 &&
           header.index_offset == sizeof(BlockHeader) + header.payload_bytes &&
           header.peaks_offset == header.index_offset + index_bytes &&
           header.block_bytes == header.peaks_offset + peaks_bytes &&
           header.block_bytes == stored_bytes &&
           std::cmp_equal(header.peak_count, std::popcount(header.number)) &&
           header.first_seq >= 1 && (header.number == 0) == (header.record_count == 0);
}

// Only a genesis block may have one, and says so by its version.
bool has_sound_origin(const BlockHeader& header) {
    const bool has_origin = header.number == 0 && !header.origin_book.is_none();
    if (header.format_version == kFormatVersion) return !has_origin;
    return has_origin && header.origin_seq >= 1;
}

}  // namespace

BlockInfo info_of(const BlockHeader& header) {
    return {.number = header.number,
            .first_seq = Seq{header.first_seq},
            .record_count = header.record_count,
            .stamp = Stamp{header.stamp_ns},
            .payload_bytes = header.payload_bytes,
            .book = header.book,
            .previous = header.previous,
            .payload_root = header.payload_root,
            .history_root = header.history_root,
            .hash = header.hash};
}

BlockBuilder::BlockBuilder(std::size_t capacity_bytes)
    // Index room for records of 256 bytes; smaller ones make it grow once.
    : bytes_(sizeof(BlockHeader) + capacity_bytes + trailer_bytes(capacity_bytes / 256)) {
    offsets_.reserve(capacity_bytes / 256);
}

void BlockBuilder::begin(Seq first_seq, Stamp stamp) {
    CHECK_INVARIANT(first_seq.value() >= 1, "the first Seq is 1");
    first_seq_ = first_seq;
    stamp_ = stamp;
    size_ = 0;
    offsets_.clear();
}

std::span<std::byte> BlockBuilder::append(std::size_t size) {
    CHECK_INVARIANT(size != 0, "a record has bytes");
    CHECK_INVARIANT(size % 8 == 0, "a record's size is a multiple of 8");
    CHECK_INVARIANT(size <= kPayloadBytesMax - size_, "a block's records fit in 1 GiB");
    const std::size_t needed =
        sizeof(BlockHeader) + size_ + size + trailer_bytes(offsets_.size() + 1);
    if (needed > bytes_.size()) [[unlikely]] {
        bytes_.resize(std::max(needed, bytes_.size() * 2));
    }
    const std::span room = std::span{bytes_}.subspan(sizeof(BlockHeader) + size_, size);
    std::memset(room.data(), 0, room.size());
    offsets_.push_back(static_cast<std::uint32_t>(size_));
    size_ += size;
    return room;
}

Bytes BlockBuilder::record(Seq seq) const {
    CHECK_INVARIANT(seq >= first_seq_, "the Seq is in the open block");
    CHECK_INVARIANT(seq < next_seq(), "the Seq is in the open block");
    const std::size_t place = seq.value() - first_seq_.value();
    const std::size_t end = place + 1 < offsets_.size() ? offsets_[place + 1] : size_;
    return Bytes{bytes_}.subspan(sizeof(BlockHeader) + offsets_[place], end - offsets_[place]);
}

Result<BlockView> BlockView::parse(Bytes stored) {
    if (!is_aligned(stored.data())) return damaged("a block does not start on a multiple of 8");
    if (stored.size() < sizeof(BlockHeader)) return damaged("a block is shorter than its header");
    BlockHeader header;
    std::memcpy(&header, stored.data(), sizeof header);
    if (header.magic != kBlockMagic) return damaged("these bytes are not a block of a journal");
    const bool is_known =
        header.format_version == kFormatVersion || header.format_version == kForkVersion;
    if (!is_known) {
        return damaged("written by another format version (" +
                       std::to_string(header.format_version) + ", this program reads " +
                       std::to_string(kFormatVersion) +
                       "); export with the version that wrote it, then import");
    }
    if (header.header_bytes != sizeof(BlockHeader) ||
        hash_of(HashDomain::block_header, stored.first(offsetof(BlockHeader, hash))) !=
            header.hash) {
        return damaged("a block's header does not match its hash");
    }
    if (!has_sound_origin(header)) return damaged("a genesis block contradicts its own origin");
    if (!has_sound_layout(header, stored.size())) {
        return damaged("block " + std::to_string(header.number) + " contradicts its own sizes");
    }
    BlockView view;
    view.info_ = info_of(header);
    if (header.format_version == kForkVersion) {
        view.origin_ = Origin{header.origin_book, Seq{header.origin_seq}, header.previous};
    }
    view.stored_ = stored;
    view.payload_ = stored.subspan(sizeof(BlockHeader), header.payload_bytes);
    view.index_ = stored.subspan(header.index_offset, header.peaks_offset - header.index_offset);
    view.peaks_ = stored.subspan(header.peaks_offset);
    return view;
}

BlockView BlockView::owned_by(std::shared_ptr<const void> owner) const {
    BlockView view = *this;
    view.owner_ = std::move(owner);
    return view;
}

Result<Bytes> BlockView::record(Seq seq) const {
    CHECK_INVARIANT(seq >= info_.first_seq, "the Seq is in the block");
    CHECK_INVARIANT(seq <= info_.last_seq(), "the Seq is in the block");
    const IndexEntry entry = entry_at(index_, seq.value() - info_.first_seq.value());
    const bool is_inside = entry.length != 0 && entry.length % 8 == 0 && entry.offset % 8 == 0 &&
                           std::size_t{entry.offset} + entry.length <= payload_.size();
    if (!is_inside) {
        return damaged(name_of(info_) + ": the index is wrong at Seq " +
                       std::to_string(seq.value()));
    }
    const Bytes record = payload_.subspan(entry.offset, entry.length);
    if (XXH3_64bits_withSeed(record.data(), record.size(), seq.value()) != entry.checksum) {
        return damaged(name_of(info_) + ": the record at Seq " + std::to_string(seq.value()) +
                       " does not match its checksum");
    }
    return record;
}

Result<void> BlockView::verify(const Visit& visit) const {
    RecordTree records;
    std::size_t next_offset = 0;
    for (std::size_t i = 0; i < info_.record_count; ++i) {
        const Seq seq = info_.first_seq.plus(i);
        const auto bytes = record(seq);
        if (!bytes) return std::unexpected{bytes.error()};
        // Records lie one after the other: nothing between them escapes the root.
        if (bytes->data() != payload_.data() + next_offset) {
            return damaged(name_of(info_) + ": the index is wrong at Seq " +
                           std::to_string(seq.value()));
        }
        next_offset += bytes->size();
        records.add(*bytes);
        if (visit) visit(seq, *bytes);
    }
    if (next_offset != payload_.size()) {
        return damaged(name_of(info_) + " has bytes that belong to no record");
    }
    if (records.root() != info_.payload_root) {
        return damaged(name_of(info_) + ": its records do not match its payload root");
    }
    if (MerkleTree{info_.number, peaks()}.root() != info_.history_root) {
        return damaged(name_of(info_) + ": its peaks do not match its history root");
    }
    return {};
}

Seq BlockView::first_bad_seq() const {
    for (std::size_t i = 0; i < info_.record_count; ++i) {
        if (!record(info_.first_seq.plus(i))) return info_.first_seq.plus(i);
    }
    return info_.first_seq;
}

std::span<const Hash256> BlockView::peaks() const {
    static_assert(alignof(Hash256) == 1);
    return {reinterpret_cast<const Hash256*>(peaks_.data()), peaks_.size() / sizeof(Hash256)};
}

}  // namespace daybook::journal
