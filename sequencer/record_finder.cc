#include "sequencer/record_finder.h"

#include "base/check.h"
#include "journal/reader.h"

namespace daybook::sequencer {

namespace {

bool holds(const journal::BlockBuilder* block, Seq seq) {
    return block != nullptr && !block->is_empty() && seq >= block->first_seq() &&
           seq < block->next_seq();
}

Result<FoundRecord> found(Bytes bytes, Stamp stamp) {
    auto record = schema::RecordView::parse(bytes);
    if (!record) return std::unexpected{record.error()};
    return FoundRecord{*record, stamp};
}

}  // namespace

Result<RecordFinder> RecordFinder::open(const std::shared_ptr<journal::Environment>& environment) {
    auto snapshot = journal::Snapshot::open(environment);
    if (!snapshot) return std::unexpected{snapshot.error()};
    return RecordFinder{std::make_unique<journal::Snapshot>(*std::move(snapshot))};
}

void RecordFinder::set_blocks(const journal::BlockBuilder* open,
                              const journal::BlockBuilder* in_flight) {
    open_ = open;
    in_flight_ = in_flight;
}

Result<FoundRecord> RecordFinder::find(Seq seq) {
    for (const auto* block : {open_, in_flight_}) {
        if (holds(block, seq)) return found(block->record(seq), block->stamp());
    }
    if (seq > journal_->head_seq()) {
        const auto refreshed = journal_->refresh();
        if (!refreshed) return std::unexpected{refreshed.error()};
    }
    const auto block = journal_->block_of(seq);
    if (!block) return std::unexpected{block.error()};
    CHECK_INVARIANT(block->has_value(), "every decided Seq is in a block");
    const Stamp stamp = (*block)->info().stamp;
    if (instead_ != nullptr) {
        const auto other = instead_->find(seq);
        if (other != instead_->end()) return found(other->second, stamp);
    }
    const auto bytes = (*block)->record(seq);
    if (!bytes) return std::unexpected{bytes.error()};
    return found(*bytes, stamp);
}

}  // namespace daybook::sequencer
