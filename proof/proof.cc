#include "proof/proof.h"

#include <bit>
#include <cstddef>
#include <span>

#include "journal/format.h"
#include "journal/sha256.h"
#include "schema/record.h"

namespace daybook::proof {

namespace {

using journal::BlockHeader;
using journal::BlockInfo;
using journal::HashDomain;

// As journal/FORMAT.md lays it out; what the header says of the block's size follows from the rest.
BlockHeader header_of(const BlockInfo& block) {
    BlockHeader header;
    header.header_bytes = sizeof header;
    header.number = block.number;
    header.first_seq = block.first_seq.value();
    header.record_count = block.record_count;
    header.peak_count = static_cast<std::uint32_t>(std::popcount(block.number));
    header.stamp_ns = block.stamp.nanoseconds();
    header.payload_bytes = block.payload_bytes;
    header.index_offset = sizeof header + block.payload_bytes;
    header.peaks_offset =
        header.index_offset + std::uint64_t{header.record_count} * sizeof(journal::IndexEntry);
    header.block_bytes = header.peaks_offset + std::uint64_t{header.peak_count} * sizeof(Hash256);
    header.book = block.book;
    header.previous = block.previous;
    header.payload_root = block.payload_root;
    header.history_root = block.history_root;
    return header;
}

std::optional<std::string> find_fault(const BlockInfo& block, const char* name) {
    if (hash_of(block) == block.hash) return std::nullopt;
    return std::string{"the header of the "} + name + " does not have the hash stated";
}

// Whether `block` is `head`, or the path leads from it to the head's history.
std::optional<std::string> find_fault(const BlockInfo& block, const Path& path,
                                      const BlockInfo& head) {
    if (block.book != head.book) return "block and head are of different books";
    if (block.number == head.number) {
        if (block.hash == head.hash && path.empty()) return std::nullopt;
        return "another block of the head's number";
    }
    const auto root = root_of(leaf_of(block), block.number, head.number, path);
    if (root == head.history_root) return std::nullopt;
    return "its path does not lead from the block to the head";
}

}  // namespace

Hash256 hash_of(const BlockInfo& block) {
    const BlockHeader header = header_of(block);
    return journal::hash_of(
        HashDomain::block_header,
        std::as_bytes(std::span{&header, 1}).first(offsetof(BlockHeader, hash)));
}

Hash256 leaf_of(const BlockInfo& block) {
    return journal::hash_of(HashDomain::leaf, std::as_bytes(std::span{block.hash.bytes}));
}

std::optional<std::string> find_fault(const Inclusion& proof) {
    if (auto fault = find_fault(proof.head, "head")) return fault;
    if (auto fault = find_fault(proof.block, "block")) return fault;
    if (auto fault = find_fault(proof.block, proof.block_path, proof.head)) return fault;
    const bool is_inside =
        proof.seq >= proof.block.first_seq && proof.seq <= proof.block.last_seq();
    if (!is_inside) return "the block does not hold this seq";
    const auto root = root_of(journal::hash_of(HashDomain::leaf, proof.record),
                              proof.seq.value() - proof.block.first_seq.value(),
                              proof.block.record_count, proof.record_path);
    if (root != proof.block.payload_root) {
        return "its path does not lead from the record to the block";
    }
    const auto record = schema::RecordView::parse(proof.record);
    if (!record) return record.error().detail;
    if (record->seq() != proof.seq) return "the record says that it is of another seq";
    return std::nullopt;
}

std::optional<std::string> find_fault(const Consistency& proof) {
    if (auto fault = find_fault(proof.head, "head")) return fault;
    if (auto fault = find_fault(proof.old_head, "old head")) return fault;
    if (auto fault = find_fault(proof.old_head, proof.old_path, proof.head)) return fault;
    if (proof.old_head.number == proof.head.number) return std::nullopt;
    if (root_before(proof.old_head.number, proof.head.number, proof.old_path) !=
        proof.old_head.history_root) {
        return "its path does not have the history before the old head";
    }
    return std::nullopt;
}

}  // namespace daybook::proof
