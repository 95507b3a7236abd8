#include "proof/prover.h"

#include <algorithm>
#include <bit>
#include <string>

#include "journal/merkle.h"
#include "journal/sha256.h"

namespace daybook::proof {

namespace {

using journal::BlockInfo;
using journal::BlockView;

// Of records or blocks `range` of which one has the bytes.
template <typename BytesOf>
Result<Hash256> hash_of_range(const Range& range, const BytesOf& bytes_of) {
    journal::MerkleTree tree;
    for (std::uint64_t i = range.begin; i < range.end; ++i) {
        const Result<Bytes> bytes = bytes_of(i);
        if (!bytes) return std::unexpected{bytes.error()};
        tree.add(*bytes);
    }
    return tree.root();
}

std::unexpected<Error> faulty(const std::string& fault) {
    return fail(ErrorCode::damaged,
                "the journal does not prove it: " + fault + "; run `daybook verify`");
}

}  // namespace

Result<BlockView> Prover::block_of(Seq seq) {
    const auto block = seq == Seq{} ? snapshot_.genesis() : [&]() -> Result<BlockView> {
        const auto found = snapshot_.block_of(seq);
        if (!found) return std::unexpected{found.error()};
        if (!*found) {
            return fail(ErrorCode::not_found, "there is no seq " + std::to_string(seq.value()) +
                                                  "; the journal ends at " +
                                                  std::to_string(snapshot_.head_seq().value()));
        }
        return **found;
    }();
    return block;
}

// Numbers grow with the Seqs: no block lies before the Seq of its number, and each holds at least
// one.
Result<BlockView> Prover::block_numbered(std::uint64_t number) {
    if (number == 0) return snapshot_.genesis();
    std::uint64_t low = number;
    std::uint64_t high = snapshot_.head_seq().value();
    while (low <= high) {
        const std::uint64_t middle = low + (high - low) / 2;
        auto block = block_of(Seq{middle});
        if (!block) return block;
        const BlockInfo& info = block->info();
        if (info.number == number) return block;
        if (info.number < number) {
            low = info.last_seq().value() + 1;
        } else {
            high = info.first_seq.value() - 1;
        }
    }
    return faulty("block " + std::to_string(number) + " is missing");
}

Result<BlockInfo> Prover::block_ending(Seq seq) {
    const auto block = block_of(seq);
    if (!block) return std::unexpected{block.error()};
    if (block->info().last_seq() == seq) return block->info();
    return fail(ErrorCode::not_found, "no block ends at seq " + std::to_string(seq.value()) +
                                          "; the one that holds it ends at " +
                                          std::to_string(block->info().last_seq().value()));
}

Result<Path> Prover::path_in_block(const BlockView& block, Seq seq) const {
    const BlockInfo& info = block.info();
    Path path;
    for (const Range& range :
         inclusion_ranges(seq.value() - info.first_seq.value(), info.record_count)) {
        const auto node = hash_of_range(range, [&](std::uint64_t i) -> Result<Bytes> {
            return block.record(info.first_seq.plus(i));
        });
        if (!node) return std::unexpected{node.error()};
        path.push_back(*node);
    }
    return path;
}

// The block at its end has the peaks of all before itself: those behind the range's beginning, with
// the block itself, are the range's tree.
Result<Hash256> Prover::node_of_history(const Range& range) {
    const auto last = block_numbered(range.end - 1);
    if (!last) return std::unexpected{last.error()};
    const auto peaks = last->peaks();
    journal::MerkleTree tree;
    std::uint64_t begin = 0;
    std::uint64_t rest = last->info().number;
    std::size_t first = 0;
    for (; begin < range.begin && first < peaks.size(); ++first) {
        const std::uint64_t size = std::bit_floor(rest);
        begin += size;
        rest -= size;
    }
    if (begin != range.begin) return faulty("a range of its history is no node");
    tree = journal::MerkleTree{rest, peaks.subspan(first)};
    tree.add(std::as_bytes(std::span{last->info().hash.bytes}));
    return tree.root();
}

Result<Path> Prover::path_in_history(const std::vector<Range>& ranges, const BlockInfo& head) {
    Path path;
    for (const Range& range : ranges) {
        if (range.end > head.number) return faulty("a range of its history is beyond the head");
        const auto node = node_of_history(range);
        if (!node) return std::unexpected{node.error()};
        path.push_back(*node);
    }
    return path;
}

Result<Inclusion> Prover::prove_record(Seq seq, const BlockInfo& head) {
    if (seq == Seq{} || seq > head.last_seq()) {
        return fail(ErrorCode::not_found, "the head at seq " +
                                              std::to_string(head.last_seq().value()) +
                                              " does not have seq " + std::to_string(seq.value()));
    }
    const auto block = block_of(seq);
    if (!block) return std::unexpected{block.error()};
    const auto record = block->record(seq);
    if (!record) return std::unexpected{record.error()};
    auto record_path = path_in_block(*block, seq);
    if (!record_path) return std::unexpected{record_path.error()};
    Inclusion proof{.seq = seq,
                    .record = {record->begin(), record->end()},
                    .record_path = *std::move(record_path),
                    .block = block->info(),
                    .block_path = {},
                    .head = head};
    if (proof.block.number != head.number) {
        auto path = path_in_history(inclusion_ranges(proof.block.number, head.number), head);
        if (!path) return std::unexpected{path.error()};
        proof.block_path = *std::move(path);
    }
    if (const auto fault = find_fault(proof)) return faulty(*fault);
    return proof;
}

Result<Consistency> Prover::prove_extension(const BlockInfo& old_head, const BlockInfo& head) {
    if (old_head.number > head.number) {
        return fail(ErrorCode::bad_input, "the head to start from, at seq " +
                                              std::to_string(old_head.last_seq().value()) +
                                              ", is the later one; name them in their order");
    }
    Consistency proof{.old_head = old_head, .old_path = {}, .head = head};
    if (old_head.number != head.number) {
        auto old_path = path_in_history(inclusion_ranges(old_head.number, head.number), head);
        if (!old_path) return std::unexpected{old_path.error()};
        proof.old_path = *std::move(old_path);
    }
    if (const auto fault = find_fault(proof)) return faulty(*fault);
    return proof;
}

}  // namespace daybook::proof
