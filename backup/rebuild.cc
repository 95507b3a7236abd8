#include "backup/rebuild.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "journal/bulk_writer.h"
#include "journal/new_book.h"
#include "journal/reader.h"
#include "journal/sealer.h"

namespace daybook::backup {

namespace {

namespace fs = std::filesystem;
using journal::BlockInfo;
using journal::BlockView;

constexpr std::size_t kBlockBytes = std::size_t{16} << 20;

// The book that is built, and how far of the source.
struct Plan {
    Id128 book;
    Stamp genesis_stamp;
    std::optional<journal::Origin> origin;
    bool is_fork = false;  // every block is sealed anew
    Seq to;
    const char* doing = "";
};

std::unexpected<Error> not_reached(const std::string& what, Seq head, Seq wanted) {
    return fail(ErrorCode::not_found, what + " ends at seq " + std::to_string(head.value()) +
                                          ", before seq " + std::to_string(wanted.value()) +
                                          "; name an earlier one");
}

// Puts the source's blocks into the new journal, as they are or sealed anew.
class Filler {
public:
    Filler(journal::BulkWriter& writer, const Plan& plan)
        : writer_{writer},
          plan_{plan},
          sealer_{plan.origin ? journal::BlockSealer{plan.book, *plan.origin}
                              : journal::BlockSealer{plan.book}} {
        sealer_.advance(writer.head());
    }

    Result<void> add(const BlockView& block) {
        const BlockInfo& info = block.info();
        if (!plan_.is_fork && info.last_seq() <= plan_.to) {
            if (auto put = writer_.put(block); !put) return put;
            sealer_.advance(info);
            return {};
        }
        builder_.begin(info.first_seq, info.stamp);
        const Seq last = std::min(plan_.to, info.last_seq());
        for (Seq seq = info.first_seq; seq <= last; seq = seq.next()) {
            const auto record = block.record(seq);
            if (!record) return std::unexpected{record.error()};
            std::memcpy(builder_.append(record->size()).data(), record->data(), record->size());
        }
        const journal::SealedBlock sealed = sealer_.seal(builder_);
        const auto view = BlockView::parse(sealed.stored);
        if (!view) return std::unexpected{view.error()};
        if (auto put = writer_.put(*view); !put) return put;
        sealer_.advance(sealed.info);
        return {};
    }

private:
    journal::BulkWriter& writer_;
    const Plan& plan_;
    journal::BlockSealer sealer_;
    journal::BlockBuilder builder_{kBlockBytes};
};

// Of the genesis block nothing is taken here: the new journal has its own.
Result<void> fill(BlockSource& blocks, journal::BulkWriter& writer, const Plan& plan,
                  journal::ChainCheck* chain, const GoOn& go_on) {
    Filler filler{writer, plan};
    while (writer.head().last_seq() < plan.to) {
        const auto block = blocks.next();
        if (!block) return std::unexpected{block.error()};
        if (*block == nullptr) return not_reached("the book", writer.head().last_seq(), plan.to);
        const BlockInfo info = (*block)->info();
        if (chain != nullptr) {
            if (const auto damage = chain->check(**block)) {
                return std::unexpected{journal::error_of(info, *damage)};
            }
        }
        if (info.number == 0) continue;
        if (auto added = filler.add(**block); !added) return added;
        if (go_on && !go_on(plan.doing, writer.head().last_seq(), plan.to)) {
            return fail(ErrorCode::try_again, "stopped; nothing was kept, run it again");
        }
    }
    return {};
}

// What was written, read back.
Result<void> check(const std::shared_ptr<journal::Environment>& environment,
                   const BlockInfo& expected, const GoOn& go_on) {
    const auto blocks = JournalBlocks::open(environment);
    if (!blocks) return std::unexpected{blocks.error()};
    journal::ChainCheck chain{environment->book()};
    if (auto sound = check_blocks(**blocks, chain, expected.last_seq(), go_on); !sound) {
        return fail(sound.error(), "what was written is not what was read; nothing was kept");
    }
    if (chain.last().hash == expected.hash) return {};
    return fail(ErrorCode::damaged,
                "what was written is not what was read; nothing was kept: its head differs");
}

// `chain` checks the source's blocks on the way, where nobody has before.
Result<Rebuilt> build(BlockSource& blocks, const Plan& plan, const fs::path& data,
                      journal::ChainCheck* chain, const GoOn& go_on) {
    const auto book = journal::NewBook::create(data, plan.book, plan.genesis_stamp, plan.origin);
    if (!book) return std::unexpected{book.error()};
    BlockInfo head;
    {
        const auto writer = journal::BulkWriter::open((*book)->environment());
        if (!writer) return std::unexpected{writer.error()};
        if (auto filled = fill(blocks, **writer, plan, chain, go_on); !filled) {
            return std::unexpected{filled.error()};
        }
        if (auto durable = (*writer)->finish(); !durable) return std::unexpected{durable.error()};
        head = (*writer)->head();
    }
    if (auto sound = check((*book)->environment(), head, go_on); !sound) {
        return std::unexpected{sound.error()};
    }
    if (auto committed = (*book)->commit(); !committed) return std::unexpected{committed.error()};
    return Rebuilt{head, plan.origin};
}

// The block that holds `seq`, and the genesis block, of a backup.
Result<Plan> plan_of_backup(const fs::path& directory, const Manifest& manifest, Seq to,
                            BlockInfo& holder) {
    if (to > manifest.head_seq()) return not_reached("the backup", manifest.head_seq(), to);
    Plan plan{manifest.book, {}, manifest.origin, false, to};
    for (const StoredSegment& stored : manifest.segments) {
        const bool is_first = &stored == &manifest.segments.front();
        const bool holds = stored.info.first_seq <= to && to <= stored.info.last_seq;
        if (!is_first && !holds) continue;
        const auto segment = journal::Segment::open(directory / stored.name);
        if (!segment) return std::unexpected{segment.error()};
        if (is_first) plan.genesis_stamp = stored.info.first_stamp;
        if (!holds) continue;
        const auto chunk = (*segment)->chunk((*segment)->chunk_of(to));
        if (!chunk) return std::unexpected{chunk.error()};
        const BlockView* const block = chunk->block_of(to);
        if (block == nullptr) return not_reached(stored.name, stored.info.last_seq, to);
        holder = block->info();
    }
    return plan;
}

void make_fork(Plan& plan, const Id128& book, const BlockInfo& holder) {
    plan.origin = {plan.book, plan.to, holder.hash};
    plan.book = book;
    plan.is_fork = true;
    plan.doing = "forking";
}

}  // namespace

Result<Rebuilt> restore(const fs::path& directory, const Manifest& manifest, const fs::path& data,
                        const std::optional<Seq>& to, const GoOn& go_on) {
    BlockInfo holder;
    auto plan = plan_of_backup(directory, manifest, to.value_or(manifest.head_seq()), holder);
    if (!plan) return std::unexpected{plan.error()};
    plan->doing = "restoring";
    BackupBlocks blocks{directory, manifest};
    auto rebuilt = build(blocks, *plan, data, nullptr, go_on);
    if (!rebuilt) return rebuilt;
    rebuilt->has_original_head =
        rebuilt->head.last_seq() == Seq{} || rebuilt->head.hash == holder.hash;
    return rebuilt;
}

Result<Rebuilt> fork(const fs::path& directory, const Manifest& manifest, Seq at, const Id128& book,
                     const fs::path& data, const GoOn& go_on) {
    BlockInfo holder;
    auto plan = plan_of_backup(directory, manifest, at, holder);
    if (!plan) return std::unexpected{plan.error()};
    make_fork(*plan, book, holder);
    BackupBlocks blocks{directory, manifest};
    return build(blocks, *plan, data, nullptr, go_on);
}

Result<Rebuilt> fork(const std::shared_ptr<journal::Environment>& journal, Seq at,
                     const Id128& book, const fs::path& data, const GoOn& go_on) {
    Plan plan{journal->book(), {}, {}, false, at};
    BlockInfo holder;
    {
        auto snapshot = journal::Snapshot::open(journal);
        if (!snapshot) return std::unexpected{snapshot.error()};
        const auto genesis = snapshot->genesis();
        if (!genesis) return std::unexpected{genesis.error()};
        plan.genesis_stamp = genesis->info().stamp;
        const auto block = snapshot->block_of(at);
        if (!block) return std::unexpected{block.error()};
        if (!*block) return not_reached("the journal", snapshot->head_seq(), at);
        holder = (*block)->info();
    }
    make_fork(plan, book, holder);
    const auto blocks = JournalBlocks::open(journal);
    if (!blocks) return std::unexpected{blocks.error()};
    journal::ChainCheck chain{journal->book()};
    return build(**blocks, plan, data, &chain, go_on);
}

}  // namespace daybook::backup
