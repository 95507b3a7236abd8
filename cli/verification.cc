#include "cli/verification.h"

#include <memory>
#include <utility>

#include "cli/book_hash.h"
#include "cli/journal_walk.h"

namespace daybook::cli {

namespace {

using Found = Result<std::optional<Finding>>;
using Watch = std::optional<ProjectionWatch>;

Result<Watch> open_projection(const DataDirectory& data) {
    auto balances = projector::Balances::open(data.projection());
    if (balances) return Watch{std::in_place, *std::move(balances)};
    if (balances.error().code == ErrorCode::not_found) return Watch{};
    return std::unexpected{balances.error()};
}

// The projection is compared on the way, where it stood at the start; if it has moved on by then,
// at the end.
Found check_all(JournalWalk& walk, Watch& projection) {
    const Seq head = walk.head_of_journal();
    JournalWalk::AfterBlock after_block;
    if (projection) {
        const auto watermark = projection->look();
        if (!watermark) return std::unexpected{watermark.error()};
        walk.verifier().tell(&projection->rows());
        after_block = [&] { return projection->compare_rows(); };
        if (*watermark <= head) {
            auto finding = walk.check_to(*watermark, after_block);
            if (!finding || *finding) return finding;
            finding = projection->compare_if_at_rest(walk);
            if (!finding || *finding) return finding;
            if (projection->is_done()) walk.verifier().tell(nullptr);
        }
    }
    auto finding = walk.check_to(head, after_block);
    if (!finding || *finding || !projection || projection->is_done()) return finding;
    return projection->catch_and_compare(walk);
}

// Of a journal whose last block, or their number, can't be relied on nothing is decided again: only
// where its bytes stop being what was written is looked for.
Result<Verification> find_damage(const std::shared_ptr<journal::Environment>& environment,
                                 std::vector<Anchor> anchors, const Error& problem) {
    auto chain = ChainAhead::open(environment, std::move(anchors));
    if (!chain) return std::unexpected{chain.error()};
    auto finding = (*chain)->run_alone();
    if (!finding) return std::unexpected{finding.error()};
    Verification result;
    result.head = (*chain)->last();
    result.origin = environment->origin();
    result.finding = *std::move(finding);
    if (!result.finding) {
        result.finding = Finding{(*chain)->last_seq().next(), {}, problem.detail, {}, {}};
    }
    return result;
}

}  // namespace

Result<Verification> verify(const DataDirectory& data, std::vector<Anchor> anchors) {
    const auto environment = data.open_journal(journal::Access::read_only);
    if (!environment) return std::unexpected{environment.error()};
    auto projection = open_projection(data);
    if (!projection) return std::unexpected{projection.error()};
    auto walk = JournalWalk::open(*environment, anchors);
    if (!walk) {
        if (walk.error().code != ErrorCode::damaged) return std::unexpected{walk.error()};
        return find_damage(*environment, std::move(anchors), walk.error());
    }
    auto finding = check_all(**walk, *projection);
    if (finding) finding = (*walk)->conclude(*std::move(finding));
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
                        (*walk)->anchors_held(),
                        ProjectionState::absent,
                        Seq{},
                        (*environment)->origin()};
    if (*projection) {
        result.projection = (*projection)->state();
        result.watermark = (*projection)->watermark();
    }
    return result;
}

}  // namespace daybook::cli
