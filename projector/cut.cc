#include "projector/cut.h"

#include <utility>

#include "journal/readers.h"
#include "schema/query.h"

namespace daybook::projector {

namespace {

constexpr std::chrono::milliseconds kFreshFor{1};

schema::ReadersNow to_schema(const journal::OpenReaders& readers) {
    return {readers.count, readers.oldest_txns};
}

}  // namespace

Result<Cut> Cut::open(std::shared_ptr<journal::Environment> journal,
                      const std::filesystem::path& projection) {
    auto balances = Balances::open(projection);
    if (!balances) return std::unexpected{balances.error()};
    return Cut{std::move(journal), *std::move(balances)};
}

Result<void> Cut::renew() {
    const auto now = std::chrono::steady_clock::now();
    if (is_held() && now - taken_ < kFreshFor) return {};
    view_.reset();
    auto view = balances_->view();
    if (!view) return std::unexpected{view.error()};
    // Put there a moment ago; the projector, which looks once a second, replaces it.
    if (view->watermark().book != book()) {
        return fail(ErrorCode::try_again, "the projection is of another book; it is being rebuilt");
    }
    if (snapshot_) {
        if (auto renewed = snapshot_->refresh(); !renewed) return renewed;
    } else {
        auto opened = journal::Snapshot::open(journal_);
        if (!opened) return std::unexpected{opened.error()};
        snapshot_.emplace(*std::move(opened));
    }
    // After the snapshot, which so is no older than the view.
    view_.emplace(*std::move(view));
    taken_ = now;
    return {};
}

void Cut::release_after(std::chrono::milliseconds rest) {
    // The snapshot may outlive the view, when no new one could be taken.
    if (!view_ && !snapshot_) return;
    if (std::chrono::steady_clock::now() - taken_ < rest) return;
    view_.reset();
    snapshot_.reset();
}

schema::Standing Cut::standing() const {
    const Watermark& watermark = view_->watermark();
    return {snapshot_->head_seq(),
            snapshot_->head_seq() == Seq{} ? Stamp{} : snapshot_->head().stamp, watermark.seq,
            watermark.seq == Seq{} ? Stamp{} : watermark.stamp};
}

Seq Cut::reached(schema::MessageKind kind) const {
    return schema::is_of_journal(kind) ? snapshot_->head_seq() : view_->watermark().seq;
}

Result<schema::Status> Cut::status() const {
    const auto journal = journal::open_readers(journal_->handle());
    if (!journal) return std::unexpected{journal.error()};
    const auto projection = balances_->readers();
    if (!projection) return std::unexpected{projection.error()};
    schema::Status status{book(), standing(), to_schema(*journal), to_schema(*projection)};
    if (const auto& origin = journal_->origin()) {
        status.origin = {origin->book, origin->seq, origin->block};
    }
    return status;
}

}  // namespace daybook::projector
