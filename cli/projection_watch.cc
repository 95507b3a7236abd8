#include "cli/projection_watch.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "cli/projection_check.h"

namespace daybook::cli {

namespace {

// Rows are looked up so many at a time; a projection that stays so far behind is waited for.
constexpr std::size_t kRowsTogether = 4096;
constexpr std::size_t kRowsWaitingMax = std::size_t{1} << 20;
constexpr std::chrono::seconds kWait{10};

std::optional<Finding> check_watermark(const projector::Watermark& watermark,
                                       const JournalWalk& walk) {
    const auto& block = walk.block();
    const auto differs = [&](const char* what, std::string stored, std::string recomputed) {
        return Finding{watermark.seq, {}, what, std::move(stored), std::move(recomputed)};
    };
    if (watermark.book != block.book) {
        return differs("the projection's book", to_hex(watermark.book.bytes),
                       to_hex(block.book.bytes));
    }
    if (watermark.block_hash != block.hash) {
        return differs("the projection's block hash", to_hex(watermark.block_hash.bytes),
                       to_hex(block.hash.bytes));
    }
    if (watermark.block_number != block.number) {
        return differs("the projection's block number", std::to_string(watermark.block_number),
                       std::to_string(block.number));
    }
    if (watermark.stamp != block.stamp) {
        return differs("the projection's stamp", to_string(watermark.stamp),
                       to_string(block.stamp));
    }
    return std::nullopt;
}

// A row that is not what was written differs too.
Result<std::optional<Finding>> with_damage(Result<std::optional<Finding>> found, Seq watermark) {
    if (found || found.error().code != ErrorCode::damaged) return found;
    return Finding{
        watermark, {}, "the projection", found.error().detail, "rows as they were written"};
}

}  // namespace

std::string_view name_of(ProjectionState state) {
    switch (state) {
        case ProjectionState::absent:
            return "absent";
        case ProjectionState::equal:
            return "equal";
        case ProjectionState::moving:
            return "moving";
        case ProjectionState::different:
            return "different";
    }
    return "unknown";
}

Result<Seq> ProjectionWatch::look() {
    const auto view = balances_->view();
    if (!view) return std::unexpected{view.error()};
    watermark_ = view->watermark().seq;
    return watermark_;
}

ProjectionWatch::Found ProjectionWatch::compare_rows() {
    if (is_done() || rows_.waiting() < kRowsTogether) return std::optional<Finding>{};
    const bool is_far_behind = rows_.waiting() >= kRowsWaitingMax;
    const auto view =
        is_far_behind ? balances_->wait_for(rows_.oldest(), kWait) : balances_->view();
    if (!view) return std::unexpected{view.error()};
    auto finding = with_damage(rows_.compare(*view), view->watermark().seq);
    if (finding && *finding) state_ = ProjectionState::different;
    return finding;
}

ProjectionWatch::Found ProjectionWatch::compare_if_at_rest(const JournalWalk& walk) {
    const auto view = balances_->view();
    if (!view) return std::unexpected{view.error()};
    if (view->watermark().seq != walk.verifier().head()) return std::optional<Finding>{};
    return compare(*view, walk);
}

ProjectionWatch::Found ProjectionWatch::catch_and_compare(JournalWalk& walk) {
    const auto view = balances_->wait_for(walk.verifier().head(), kWait);
    if (!view && view.error().code == ErrorCode::try_again) return std::optional<Finding>{};
    if (!view) return std::unexpected{view.error()};
    const Seq there = view->watermark().seq;
    if (auto renewed = walk.renew(); !renewed) return std::unexpected{renewed.error()};
    if (there > walk.head_of_journal()) {
        state_ = ProjectionState::different;
        watermark_ = there;
        return Finding{there,
                       {},
                       "the projection is ahead of the journal",
                       std::to_string(there.value()),
                       std::to_string(walk.head_of_journal().value())};
    }
    auto finding = walk.check_to(there);
    if (!finding || *finding) return finding;
    return compare(*view, walk);
}

ProjectionWatch::Found ProjectionWatch::compare(const projector::View& view,
                                                const JournalWalk& walk) {
    state_ = ProjectionState::different;
    watermark_ = view.watermark().seq;
    if (auto finding = check_watermark(view.watermark(), walk)) return finding;
    const Verifier& verifier = walk.verifier();
    auto finding = with_damage(compare_projection(view, verifier.book()), watermark_);
    if (!finding || *finding) return finding;
    finding = with_damage(rows_.compare(view), watermark_);
    if (!finding || *finding) return finding;
    const JournalCounts counts{
        .book = verifier.book(), .outcomes = verifier.outcomes(), .rows = rows_.counts()};
    finding = with_damage(compare_counts(view, counts), watermark_);
    if (finding && !*finding) state_ = ProjectionState::equal;
    return finding;
}

}  // namespace daybook::cli
