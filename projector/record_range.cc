#include "projector/record_range.h"

namespace daybook::projector {

schema::BlockFacts facts_of(const journal::BlockInfo& info) {
    return {info.number,   info.first_seq,    info.record_count, info.stamp,
            info.previous, info.payload_root, info.history_root, info.hash};
}

Result<std::uint32_t> append_records(journal::Snapshot& snapshot, Seq from, std::size_t bytes_max,
                                     std::vector<std::byte>& out) {
    constexpr std::size_t kFrameBytes = 8;
    const std::size_t end = out.size() + bytes_max;
    std::uint32_t count = 0;
    Seq next = from;
    auto block = snapshot.block_of(from);
    while (block && *block) {
        const journal::BlockView& view = **block;
        schema::RunWriter run{out, facts_of(view.info()), next};
        while (next <= view.info().last_seq()) {
            const auto record = view.record(next);
            if (!record) return std::unexpected{record.error()};
            const bool fits = out.size() + kFrameBytes + padded_to_8(record->size()) <= end;
            if (!fits && count + run.count() > 0) {
                run.end();
                return count + run.count();
            }
            run.add(*record);
            next = next.next();
        }
        run.end();
        count += run.count();
        // The start of another run and a record are not worth less than this.
        constexpr std::size_t kWorthIt = 512;
        if (out.size() + kWorthIt > end) return count;
        block = snapshot.block_after(view.info());
    }
    if (!block) return std::unexpected{block.error()};
    return count;
}

}  // namespace daybook::projector
