#include "journal/block_removal.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "journal/lmdb_txn.h"
#include "journal/reader.h"
#include "journal/readers.h"
#include "journal/writer.h"

namespace daybook::journal {

namespace {

// Of blocks removed in one txn: LMDB keeps the numbers of the pages of each together, and whoever
// writes later reads and writes them so.
constexpr std::uint64_t kRemovedBytesMax = std::uint64_t{4} << 20;
constexpr std::size_t kRemovedBlocksMax = 1000;

}  // namespace

BlockRemoval::BlockRemoval(std::shared_ptr<Environment> environment, const ArchiveOptions& options,
                           ArchiveReport& report)
    : environment_{std::move(environment)}, options_{options}, report_{report} {}

BlockRemoval::~BlockRemoval() = default;

Result<void> may_go_on(const ArchiveOptions& options, Seq at) {
    if (!options.go_on || options.go_on(at)) return {};
    return fail(ErrorCode::try_again, "stopped at seq " + std::to_string(at.value()) +
                                          "; what is done stays, run it again to go on");
}

Result<void> BlockRemoval::to(std::uint64_t last) {
    if (!writer_) {
        auto writer = Writer::open(environment_);
        if (!writer) return std::unexpected{writer.error()};
        writer_ = *std::move(writer);
    }
    while (true) {
        const auto batch = next_batch(last);
        if (!batch) return std::unexpected{batch.error()};
        if (batch->firsts.empty()) return {};
        if (auto removed = writer_->remove(batch->firsts); !removed) return removed;
        if (report_.blocks == 0) report_.first_seq = batch->firsts.front();
        report_.blocks += batch->firsts.size();
        report_.block_bytes += batch->bytes;
        report_.last_seq = batch->last_seq;
        if (auto freed = free(batch->rooms); !freed) return freed;
        if (auto wanted = may_go_on(options_, batch->last_seq); !wanted) return wanted;
    }
}

// The snapshot must end before the blocks are removed: it would keep their room.
Result<BlockRemoval::Batch> BlockRemoval::next_batch(std::uint64_t last) const {
    auto snapshot = Snapshot::open(environment_);
    if (!snapshot) return std::unexpected{snapshot.error()};
    Batch batch;
    auto block = snapshot->block_of(snapshot->archived_seq().next());
    while (block && *block && (*block)->info().number <= last) {
        const BlockInfo info = (*block)->info();
        const Bytes stored = (*block)->stored();
        const bool is_full = batch.firsts.size() >= kRemovedBlocksMax ||
                             batch.bytes + stored.size() > kRemovedBytesMax;
        if (!batch.firsts.empty() && is_full) break;
        batch.firsts.push_back(info.first_seq);
        batch.last_seq = info.last_seq();
        batch.bytes += stored.size();
        add_room(stored, batch.rooms);
        block = snapshot->block_after(info);
    }
    if (!block) return std::unexpected{block.error()};
    return batch;
}

// While nobody sees what was removed, and before the next txn, which may use it.
Result<void> BlockRemoval::free(const std::vector<Room>& rooms) {
    const auto deadline = std::chrono::steady_clock::now() + options_.readers_wait;
    while (!report_.has_readers) {
        const auto readers = open_readers(environment_->handle());
        if (!readers) return std::unexpected{readers.error()};
        if (readers->count == 0 || readers->oldest_txns == 0) break;
        report_.has_readers = std::chrono::steady_clock::now() >= deadline;
        if (!report_.has_readers) std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    if (report_.has_readers) return {};
    const auto freed = give_back(environment_->handle(), rooms);
    if (!freed) return std::unexpected{freed.error()};
    report_.freed_bytes += *freed;
    return {};
}

}  // namespace daybook::journal
