#include "export/block_rebuilder.h"

#include <bit>
#include <cstring>
#include <span>

#include "journal/format.h"
#include "journal/sha256.h"
#include "schema/record.h"

namespace daybook::exports {

namespace {

std::unexpected<Error> wrong(const std::string& what) {
    return fail(ErrorCode::bad_input, what);
}

std::string block_name(const schema::BlockFacts& block) {
    return "block " + std::to_string(block.number) + " (seq " +
           std::to_string(block.first_seq.value()) + " to " +
           std::to_string(block.last_seq().value()) + ")";
}

// The header as journal/FORMAT.md has it.
Hash256 hash_of_header(const schema::BlockFacts& block, const Id128& book,
                       std::uint64_t payload_bytes) {
    journal::BlockHeader header;
    header.header_bytes = sizeof(journal::BlockHeader);
    header.number = block.number;
    header.first_seq = block.first_seq.value();
    header.record_count = block.record_count;
    header.peak_count = static_cast<std::uint32_t>(std::popcount(block.number));
    header.stamp_ns = block.stamp.nanoseconds();
    header.payload_bytes = payload_bytes;
    header.index_offset = sizeof(journal::BlockHeader) + payload_bytes;
    header.peaks_offset =
        header.index_offset + (std::uint64_t{block.record_count} * sizeof(journal::IndexEntry));
    header.block_bytes = header.peaks_offset + (std::uint64_t{header.peak_count} * sizeof(Hash256));
    header.book = book;
    header.previous = block.previous;
    header.payload_root = block.payload_root;
    header.history_root = block.history_root;
    const auto bytes = std::as_bytes(std::span{&header, 1});
    return journal::hash_of(journal::HashDomain::block_header,
                            bytes.first(offsetof(journal::BlockHeader, hash)));
}

}  // namespace

Result<void> BlockRebuilder::add(const json::ReadRecord& record) {
    if (seq_ != Seq{} && record.seq != seq_.next()) {
        return wrong("seq " + std::to_string(record.seq.value()) + " follows seq " +
                     std::to_string(seq_.value()));
    }
    if (block_ && record.block != *block_) {
        return wrong("what it says of its block is not what the record before it says");
    }
    if (!block_) {
        if (auto begun = begin_block(record); !begun) return begun;
    }
    if (record.book != book_) return wrong("it is of another book");
    if (record.seq < block_->first_seq || record.seq > block_->last_seq()) {
        return wrong("it is not in " + block_name(*block_));
    }
    seq_ = record.seq;
    const Bytes command = encoder_.encode(record.command);
    bytes_.assign(schema::record_bytes(command.size(), record.decision), std::byte{});
    schema::encode_record(bytes_, record.seq, record.producer, kind_of(record.command), command,
                          record.decision);
    payload_.add(bytes_);
    payload_bytes_ += bytes_.size();
    return record.seq == block_->last_seq() ? end_block() : Result<void>{};
}

Result<void> BlockRebuilder::begin_block(const json::ReadRecord& record) {
    const schema::BlockFacts& block = record.block;
    if (block.record_count == 0 || block.number == 0) return wrong("its block has no records");
    if (seq_ != Seq{}) {
        const bool continues = block.number == last_.number + 1 && block.previous == last_.hash &&
                               block.first_seq == seq_.next() && block.stamp >= last_.stamp;
        if (!continues) {
            return wrong(block_name(block) + " does not continue " + block_name(last_));
        }
    } else {
        book_ = record.book;
    }
    if (block.number == 1) {
        history_.emplace();
        history_->add(std::as_bytes(std::span{block.previous.bytes}));
    }
    if (history_ && history_->root() != block.history_root) {
        return wrong("the history of " + block_name(block) + " is not the blocks before it");
    }
    block_ = block;
    last_ = block;
    begun_ = record.seq;
    is_whole_ = record.seq == block.first_seq;
    payload_ = {};
    payload_bytes_ = 0;
    return {};
}

std::vector<SeqRange> BlockRebuilder::not_covered() const {
    std::vector<SeqRange> ranges;
    if (part_) ranges.push_back(*part_);
    if (block_) ranges.push_back({begun_, seq_});
    return ranges;
}

Result<void> BlockRebuilder::end_block() {
    const schema::BlockFacts block = *block_;
    block_.reset();
    if (!is_whole_) {
        part_ = SeqRange{begun_, seq_};
        return {};
    }
    if (payload_.root() != block.payload_root) {
        return wrong("a record of " + block_name(block) +
                     " is not as it was: they do not give its payload_root");
    }
    if (hash_of_header(block, book_, payload_bytes_) != block.hash) {
        return wrong("what is said of " + block_name(block) + " does not give its hash");
    }
    if (history_) history_->add(std::as_bytes(std::span{block.hash.bytes}));
    return {};
}

}  // namespace daybook::exports
