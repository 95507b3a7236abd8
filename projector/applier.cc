#include "projector/applier.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "projector/opening.h"
#include "schema/record.h"

namespace daybook::projector {

namespace {

// Bounds the dirty pages of a commit to 100k; LMDB takes 131k. A row changes up to two.
constexpr std::size_t kBatchRowsMax = 16'000;
// A balance changes one, and all of them together no more than there are; even a page half full
// holds sixteen.
constexpr std::size_t kBalancePagesMax = 65'536;
constexpr std::size_t kBalancesAPage = 16;

}  // namespace

Applier::Applier(std::shared_ptr<Store> store, Fold fold, const journal::BlockInfo& block,
                 Seq applied)
    : store_{std::move(store)},
      fold_{std::move(fold)},
      block_{block},
      opened_at_{applied},
      applied_{applied},
      committed_{applied} {}

Result<Applier> Applier::open(journal::BlockSource& journal,
                              const std::filesystem::path& directory) {
    auto opened = open_or_build(journal, directory);
    if (!opened) return std::unexpected{opened.error()};
    return Applier{std::move(opened->store), std::move(opened->fold), opened->block,
                   opened->watermark.seq};
}

bool Applier::is_full() const {
    const bool may_be_too_many = fold_.account_count() > kBalancePagesMax * kBalancesAPage;
    return (may_be_too_many && fold_.balance_count() >= kBalancePagesMax) ||
           fold_.row_count() >= kBatchRowsMax;
}

Result<std::optional<journal::BlockView>> Applier::fold_some(journal::BlockSource& journal) {
    const bool is_inside = applied_ < block_.last_seq();
    auto block = is_inside ? journal.block_of(applied_.next()) : journal.block_after(block_);
    if (!block) return block;
    const std::optional<journal::BlockView>& view = *block;
    if (!view) return block;
    if (auto done = fold_block(*view); !done) return std::unexpected{done.error()};
    return block;
}

Result<void> Applier::fold_block(const journal::BlockView& block) {
    block_ = block.info();
    while (applied_ < block_.last_seq() && !is_full()) {
        const Seq seq = applied_.next();
        const auto bytes = block.record(seq);
        if (!bytes) return std::unexpected{bytes.error()};
        const auto record = schema::RecordView::parse(*bytes);
        if (!record) return std::unexpected{record.error()};
        if (record->seq() != seq) {
            return fail(ErrorCode::damaged, "the journal's record at Seq " +
                                                std::to_string(seq.value()) +
                                                " says another Seq; verify the journal");
        }
        if (auto done = fold_.apply(*record); !done) return done;
        applied_ = seq;
    }
    return {};
}

Result<void> Applier::commit() {
    if (!has_pending()) return {};
    if (auto kept = store_->keep_file_ahead(fold_.row_count() + fold_.balance_count()); !kept)
        return kept;
    auto txn = store_->begin(Access::read_write);
    if (!txn) return std::unexpected{txn.error()};
    const auto stored = store_->watermark(txn->get());
    if (!stored) return std::unexpected{stored.error()};
    // Readers write LMDB's lock file, and that says on which commit the next one rests.
    if (stored->seq != committed_) {
        txn->reset();
        return Store::remove(store_->directory());
    }
    if (auto written = fold_.write(*store_, txn->get()); !written) {
        // What this one has built itself would not become better by building it again.
        const bool may_help = opened_at_ != Seq{};
        if (written.error().code != ErrorCode::damaged || !may_help) return written;
        spdlog::warn("rebuilding from the journal: {}", written.error().detail);
        txn->reset();
        return Store::remove(store_->directory());
    }
    auto moved = store_->put_watermark(txn->get(), {.seq = applied_,
                                                    .block_number = block_.number,
                                                    .stamp = block_.stamp,
                                                    .block_hash = block_.hash,
                                                    .book = block_.book});
    if (!moved) return moved;
    if (auto done = projector::commit(*std::move(txn)); !done) return done;
    committed_ = applied_;
    return {};
}

}  // namespace daybook::projector
