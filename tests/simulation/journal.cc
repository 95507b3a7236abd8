#include "tests/simulation/journal.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/check.h"
#include "journal/chain.h"
#include "journal/format.h"

namespace daybook::simulation {

using journal::BlockInfo;
using journal::BlockView;

class SimulatedJournal::Reader final : public journal::BlockSource {
public:
    explicit Reader(const SimulatedJournal& journal) : journal_{journal} { look(); }

    Result<void> refresh() override {
        look();
        return {};
    }
    const BlockInfo& head() const override { return head_; }

    Result<std::optional<BlockView>> block_of(Seq seq) override {
        if (seq == Seq{} || seq > head_.last_seq()) return std::nullopt;
        const auto& blocks = journal_.blocks_;
        const auto after =
            std::ranges::upper_bound(blocks.begin() + 1, blocks.end(), seq, {},
                                     [](const Place& place) { return place.info.first_seq; });
        return view(*(after - 1));
    }
    Result<std::optional<BlockView>> block_after(const BlockInfo& block) override {
        if (block.number >= head_.number) return std::nullopt;
        auto next = view(journal_.blocks_[block.number + 1]);
        if (!next) return next;
        const std::optional<BlockView>& found = *next;
        if (found->info().previous != block.hash) {
            return fail(ErrorCode::damaged, "a block does not continue the one before");
        }
        return next;
    }
    Result<BlockView> genesis() override {
        auto first = view(journal_.blocks_.front());
        if (!first) return std::unexpected{first.error()};
        return **first;
    }

private:
    void look() { head_ = journal_.blocks_[journal_.durable_blocks_ - 1].info; }
    Result<std::optional<BlockView>> view(const Place& place) const {
        auto block = BlockView::parse(journal_.bytes_of(place));
        if (!block) return std::unexpected{block.error()};
        return std::optional{*block};
    }

    const SimulatedJournal& journal_;
    BlockInfo head_;
};

SimulatedJournal::SimulatedJournal(const Id128& book, Stamp stamp, Marks& marks)
    : book_{book}, marks_{marks}, sealer_{book} {
    journal::BlockBuilder genesis{0};
    genesis.begin(Seq{1}, stamp);
    append(sealer_.seal(genesis));
    sync();
}

std::unique_ptr<journal::BlockSource> SimulatedJournal::reader() const {
    return std::make_unique<Reader>(*this);
}

std::size_t SimulatedJournal::end() const {
    if (blocks_.empty()) return 0;
    const std::size_t behind = blocks_.back().offset + blocks_.back().size;
    return (behind + kSectorBytes - 1) / kSectorBytes * kSectorBytes;
}

void SimulatedJournal::append(const journal::SealedBlock& sealed) {
    const Place place{sealed.info, end(), sealed.stored.size()};
    disk_.write(place.offset, sealed.stored);
    blocks_.push_back(place);
    sealer_.advance(sealed.info);
}

BlockInfo SimulatedJournal::write(journal::BlockBuilder& block) {
    const BlockInfo& head = blocks_.back().info;
    CHECK_INVARIANT(durable_blocks_ == blocks_.size(), "one block is in flight at a time");
    CHECK_INVARIANT(!block.is_empty(), "only the genesis block has no records");
    CHECK_INVARIANT(block.first_seq() == head.last_seq().next(), "Seqs have no gaps");
    CHECK_INVARIANT(block.stamp() >= head.stamp, "stamps never go back");
    append(sealer_.seal(block));
    return blocks_.back().info;
}

void SimulatedJournal::sync() {
    disk_.sync();
    durable_blocks_ = blocks_.size();
}

Bytes SimulatedJournal::candidate(std::size_t offset) const {
    const Bytes bytes = disk_.bytes();
    if (offset + sizeof(journal::BlockHeader) > bytes.size()) return {};
    journal::BlockHeader header;
    std::memcpy(&header, bytes.data() + offset, sizeof header);
    if (header.block_bytes > bytes.size() - offset) return {};
    return bytes.subspan(offset, header.block_bytes);
}

void SimulatedJournal::recover() {
    const std::size_t known = durable_blocks_;
    const bool had_more = blocks_.size() > known;
    const std::size_t offset_of_more = had_more ? blocks_.back().offset : 0;
    blocks_.clear();
    journal::ChainCheck chain{book_};
    for (std::size_t offset = 0;; offset = end()) {
        const Bytes stored = candidate(offset);
        if (stored.empty()) break;
        const std::uint64_t key =
            __builtin_bswap64(chain.block_count() == 0 ? 0 : chain.next_seq().value());
        if (chain.check(std::as_bytes(std::span{&key, 1}), stored)) break;
        blocks_.push_back({chain.last(), offset, stored.size()});
    }
    CHECK_INVARIANT(blocks_.size() >= known, "the simulated disk keeps what was synced");
    // The sealer goes on from the head as the writer does: from the block's own peaks.
    sealer_ = journal::BlockSealer{BlockView::parse(bytes_of(blocks_.back())).value()};
    durable_blocks_ = known;
    if (!had_more) return;
    if (blocks_.size() > known) return marks_.hit(Mark::undurable_block_survived);
    marks_.hit(Mark::undurable_block_lost);
    const Bytes rest = disk_.bytes().subspan(offset_of_more);
    const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
    if (!std::ranges::all_of(rest, is_zero)) marks_.hit(Mark::torn_block_cut_off);
}

}  // namespace daybook::simulation
