#include "cli/verification.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/book_hash.h"
#include "cli/progress.h"
#include "cli/projection_check.h"
#include "cli/verifier.h"
#include "journal/chain.h"
#include "journal/reader.h"
#include "projector/balances.h"
#include "sequencer/record_finder.h"

namespace daybook::cli {

namespace {

using std::chrono::steady_clock;
using Found = Result<std::optional<Finding>>;

// Takes the records of the journal, in order, to a Verifier.
class Walk {
public:
    static Result<std::unique_ptr<Walk>> open(
        const std::shared_ptr<journal::Environment>& environment) {
        auto snapshot = journal::Snapshot::open(environment);
        if (!snapshot) return std::unexpected{snapshot.error()};
        const auto genesis = snapshot->genesis();
        if (!genesis) return std::unexpected{genesis.error()};
        auto finder = sequencer::RecordFinder::open(environment);
        if (!finder) return std::unexpected{finder.error()};
        return std::unique_ptr<Walk>{
            new Walk{*std::move(snapshot), *std::move(finder), genesis->info()}};
    }

    // Hashes, roots, stamps and numbers of every block up to the head of now.
    Result<void> check_chain() {
        const auto head = snapshot_.head();
        Progress progress{"checking hashes", head.last_seq().value()};
        auto checked = journal::verify_chain(snapshot_, [&](const journal::BlockInfo& block) {
            progress.at(block.last_seq().value());
        });
        if (checked) chain_checked_ = head.number;
        return checked;
    }

    // Checks the records up to `until`, which the journal must hold.
    Found check_to(Seq until) {
        Progress progress{"deciding again", until.value()};
        if (auto renewed = renew(); !renewed) return std::unexpected{renewed.error()};
        while (verifier_.head() < until) {
            if (steady_clock::now() - pinned_since_ > kPinnedMax) {
                if (auto renewed = renew(); !renewed) return std::unexpected{renewed.error()};
            }
            auto block = next_block();
            if (!block) return std::unexpected{block.error()};
            auto finding = check_block(*block, until, progress);
            if (!finding || *finding) return finding;
        }
        return std::optional<Finding>{};
    }

    Result<void> renew() {
        pinned_since_ = steady_clock::now();
        if (auto refreshed = finder_.refresh(); !refreshed) return refreshed;
        return snapshot_.refresh();
    }

    Seq head_of_journal() const { return snapshot_.head_seq(); }
    const Verifier& verifier() const { return verifier_; }
    const journal::BlockInfo& block() const { return block_; }

private:
    static constexpr std::chrono::milliseconds kPinnedMax{500};

    Walk(journal::Snapshot snapshot, sequencer::RecordFinder finder,
         const journal::BlockInfo& genesis)
        : snapshot_{std::move(snapshot)}, finder_{std::move(finder)}, block_{genesis} {}

    // The block that holds the next record.
    Result<journal::BlockView> next_block() {
        const Seq next = verifier_.head().next();
        const bool is_inside = next <= block_.last_seq();
        const auto block = is_inside ? snapshot_.block_of(next) : snapshot_.block_after(block_);
        if (!block) return std::unexpected{block.error()};
        if (!*block) {
            return fail(ErrorCode::damaged,
                        "the journal ends before Seq " + std::to_string(next.value()));
        }
        if ((*block)->info().number > chain_checked_) {  // it came after the chain was checked
            if (auto sound = (*block)->verify(); !sound) return std::unexpected{sound.error()};
        }
        return **block;
    }

    Found check_block(const journal::BlockView& block, Seq until, Progress& progress) {
        block_ = block.info();
        const Seq last = std::min(until, block_.last_seq());
        while (verifier_.head() < last) {
            const auto record = block.record(verifier_.head().next());
            if (!record) return std::unexpected{record.error()};
            if (auto finding = verifier_.check(*record, block_.stamp)) return finding;
            progress.at(verifier_.head().value());
        }
        return std::optional<Finding>{};
    }

    journal::Snapshot snapshot_;
    sequencer::RecordFinder finder_;
    steady_clock::time_point pinned_since_;
    journal::BlockInfo block_;  // holds the last record checked
    std::uint64_t chain_checked_ = 0;
    Verifier verifier_{finder_};
};

std::optional<Finding> check_watermark(const projector::Watermark& watermark, const Walk& walk) {
    const auto& block = walk.block();
    if (watermark.book != block.book) {
        return Finding{watermark.seq,
                       {},
                       "the projection's book",
                       to_hex(watermark.book.bytes),
                       to_hex(block.book.bytes)};
    }
    if (watermark.block_hash != block.hash) {
        return Finding{watermark.seq,
                       {},
                       "the projection's block hash",
                       to_hex(watermark.block_hash.bytes),
                       to_hex(block.hash.bytes)};
    }
    return std::nullopt;
}

// Compares the projection at a moment when the walk stands at its watermark.
class ProjectionCheck {
public:
    explicit ProjectionCheck(std::unique_ptr<projector::Balances> balances)
        : balances_{std::move(balances)} {}

    bool is_done() const { return state_ != ProjectionState::moving; }
    ProjectionState state() const { return state_; }
    Seq watermark() const { return watermark_; }

    Result<Seq> look() {
        const auto view = balances_->view();
        if (!view) return std::unexpected{view.error()};
        watermark_ = view->watermark().seq;
        return watermark_;
    }

    // Nothing is compared when the projection has moved on.
    Found compare_if_at_rest(const Walk& walk) {
        const auto view = balances_->view();
        if (!view) return std::unexpected{view.error()};
        if (view->watermark().seq != walk.verifier().head()) return std::optional<Finding>{};
        return compare(*view, walk);
    }

    // Waits for a projection that was seen moving, and takes the walk to where it is.
    Found catch_and_compare(Walk& walk) {
        constexpr std::chrono::seconds kWait{10};
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

private:
    Found compare(const projector::View& view, const Walk& walk) {
        state_ = ProjectionState::different;
        watermark_ = view.watermark().seq;
        if (auto finding = check_watermark(view.watermark(), walk)) return finding;
        auto finding = compare_projection(view, walk.verifier().book());
        if (finding && !*finding) state_ = ProjectionState::equal;
        return finding;
    }

    std::unique_ptr<projector::Balances> balances_;
    ProjectionState state_ = ProjectionState::moving;
    Seq watermark_;
};

Result<std::optional<ProjectionCheck>> open_projection(const DataDirectory& data) {
    auto balances = projector::Balances::open(data.projection());
    if (balances) return std::optional<ProjectionCheck>{std::in_place, *std::move(balances)};
    if (balances.error().code == ErrorCode::not_found) return std::optional<ProjectionCheck>{};
    return std::unexpected{balances.error()};
}

// The projection is compared on the way, where it stood at the start; if it has moved on by then,
// at the end.
Found check_all(Walk& walk, std::optional<ProjectionCheck>& projection) {
    Seq watermark;
    if (projection) {
        const auto seen = projection->look();
        if (!seen) return std::unexpected{seen.error()};
        watermark = *seen;
    }
    if (auto chain = walk.check_chain(); !chain) return std::unexpected{chain.error()};
    const Seq head = walk.head_of_journal();
    if (projection && watermark <= head) {
        auto finding = walk.check_to(watermark);
        if (!finding || *finding) return finding;
        finding = projection->compare_if_at_rest(walk);
        if (!finding || *finding) return finding;
    }
    auto finding = walk.check_to(head);
    if (!finding || *finding || !projection || projection->is_done()) return finding;
    return projection->catch_and_compare(walk);
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

Result<Verification> verify(const DataDirectory& data) {
    const auto environment = data.open_journal(journal::Access::read_only);
    if (!environment) return std::unexpected{environment.error()};
    auto projection = open_projection(data);
    if (!projection) return std::unexpected{projection.error()};
    auto walk = Walk::open(*environment);
    if (!walk) return std::unexpected{walk.error()};
    auto finding = check_all(**walk, *projection);
    if (!finding) return std::unexpected{finding.error()};

    const Verifier& verifier = (*walk)->verifier();
    Verification result{*std::move(finding),
                        verifier.accepted(),
                        verifier.rejected(),
                        verifier.book().account_count(),
                        verifier.book().asset_count(),
                        hash_of_book(verifier.book()),
                        (*walk)->block(),
                        verifier.head(),
                        ProjectionState::absent,
                        Seq{}};
    if (*projection) {
        result.projection = (*projection)->state();
        result.watermark = (*projection)->watermark();
    }
    return result;
}

}  // namespace daybook::cli
