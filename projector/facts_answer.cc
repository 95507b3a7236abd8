#include "projector/facts_answer.h"

#include <utility>

#include "schema/facts_answer.h"

namespace daybook::projector {

namespace {

Result<std::vector<schema::RecentBlock>> recent_blocks(journal::Snapshot& snapshot) {
    std::vector<schema::RecentBlock> blocks;
    Seq last = snapshot.head_seq();
    while (last != Seq{} && blocks.size() < schema::kRecentBlocksMax) {
        const auto block = snapshot.block_of(last);
        if (!block) return std::unexpected{block.error()};
        if (!*block) return fail(ErrorCode::damaged, "the journal lacks a block it counts");
        const auto& info = (*block)->info();
        blocks.push_back(
            {info.number, info.first_seq, info.stamp, info.payload_bytes, info.record_count});
        last = Seq{info.first_seq.value() - 1};
    }
    return blocks;
}

}  // namespace

Result<std::vector<std::byte>> answer_facts(const schema::AskedQuery& asked, Cut& cut) {
    const auto sizes = cut.view().sizes();
    if (!sizes) return std::unexpected{sizes.error()};
    auto outcomes = cut.view().outcomes();
    if (!outcomes) return std::unexpected{outcomes.error()};
    auto blocks = recent_blocks(cut.snapshot());
    if (!blocks) return std::unexpected{blocks.error()};
    return schema::encode_facts(
        asked.header, cut.book(),
        {cut.standing(),
         {sizes->assets, sizes->accounts, sizes->open_holds, sizes->reversals, sizes->references},
         *std::move(outcomes),
         *std::move(blocks)});
}

}  // namespace daybook::projector
