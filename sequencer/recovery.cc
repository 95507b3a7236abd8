#include "sequencer/recovery.h"

#include <optional>

namespace daybook::sequencer {

namespace {

Result<void> replay_block(const journal::BlockView& block, Core& core) {
    for (Seq seq = core.next_seq(); seq <= block.info().last_seq(); seq = seq.next()) {
        const auto bytes = block.record(seq);
        if (!bytes) return std::unexpected{bytes.error()};
        const auto record = schema::RecordView::parse(*bytes);
        if (!record) return std::unexpected{record.error()};
        auto restored = core.restore(*record, block.info().stamp);
        if (!restored) return restored;
    }
    return {};
}

}  // namespace

Result<void> recover(journal::BlockSource& journal, Core& core, const Progress& progress) {
    auto block = journal.block_of(core.next_seq());
    while (block && *block) {
        auto replayed = replay_block(**block, core);
        if (!replayed) return replayed;
        if (progress) progress(core.head(), journal.head_seq());
        block = journal.block_after((*block)->info());
    }
    if (!block) return std::unexpected{block.error()};
    return {};
}

}  // namespace daybook::sequencer
