#include "journal/sealer.h"

#include <cstring>
#include <span>

#include <xxhash.h>

#include "base/check.h"
#include "journal/format.h"
#include "journal/sha256.h"

namespace daybook::journal {

BlockSealer::BlockSealer(const BlockView& head)
    : book_{head.info().book},
      number_{head.info().number},
      previous_{head.info().previous},
      history_{head.info().number, head.peaks()} {
    advance(head.info());
}

SealedBlock BlockSealer::seal(BlockBuilder& block) const {
    const std::size_t count = block.record_count();
    const std::size_t payload = block.payload_bytes();
    const auto peaks = std::as_bytes(history_.peaks());

    BlockHeader header;
    header.header_bytes = sizeof(BlockHeader);
    header.number = number_;
    header.first_seq = block.first_seq().value();
    header.record_count = static_cast<std::uint32_t>(count);
    header.peak_count = static_cast<std::uint32_t>(history_.peaks().size());
    header.stamp_ns = block.stamp().nanoseconds();
    header.payload_bytes = payload;
    header.index_offset = sizeof(BlockHeader) + payload;
    header.peaks_offset = header.index_offset + (count * sizeof(IndexEntry));
    header.block_bytes = header.peaks_offset + peaks.size();
    header.book = book_;
    header.previous = previous_;
    header.history_root = history_.root();
    if (origin_ && number_ == 0) {
        header.format_version = kForkVersion;
        header.origin_book = origin_->book;
        header.origin_seq = origin_->seq.value();
    }
    CHECK_INVARIANT(header.block_bytes <= block.bytes_.size(), "no room for the block's index");

    std::byte* const bytes = block.bytes_.data();
    std::byte* entry_at = bytes + header.index_offset;
    RecordTree records;
    Seq seq = block.first_seq();
    for (std::size_t i = 0; i < count; ++i, seq = seq.next(), entry_at += sizeof(IndexEntry)) {
        const Bytes record = block.record(seq);
        const IndexEntry entry{
            .offset = block.offsets_[i],
            .length = static_cast<std::uint32_t>(record.size()),
            .checksum = XXH3_64bits_withSeed(record.data(), record.size(), seq.value())};
        std::memcpy(entry_at, &entry, sizeof entry);
        records.add(record);
    }
    if (!peaks.empty()) std::memcpy(bytes + header.peaks_offset, peaks.data(), peaks.size());

    header.payload_root = records.root();
    header.hash = hash_of(HashDomain::block_header,
                          std::as_bytes(std::span{&header, 1}).first(offsetof(BlockHeader, hash)));
    std::memcpy(bytes, &header, sizeof header);
    const Bytes stored{bytes, header.block_bytes};
    return {.info = info_of(header), .stored = stored};
}

void BlockSealer::advance(const BlockInfo& sealed) {
    CHECK_INVARIANT(sealed.number == number_, "only the block just sealed can be the next head");
    CHECK_INVARIANT(sealed.previous == previous_, "the block just sealed continues the chain");
    history_.add(std::as_bytes(std::span{sealed.hash.bytes}));
    previous_ = sealed.hash;
    ++number_;
}

}  // namespace daybook::journal
