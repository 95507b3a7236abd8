// ProjectionWatch: compares a projection with the journal while it may be moving: where it stood at
// the start if it is still there when the walk comes by, else at the end. One thread.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "base/seq.h"
#include "cli/finding.h"
#include "cli/journal_walk.h"
#include "cli/lasting_rows.h"
#include "projector/balances.h"

namespace daybook::cli {

enum class ProjectionState {
    absent,
    equal,      // to the fold of the journal at its watermark
    moving,     // not compared: it was not where the records were checked to
    different,  // see the finding
};
std::string_view name_of(ProjectionState state);

class ProjectionWatch {
public:
    using Found = Result<std::optional<Finding>>;

    explicit ProjectionWatch(std::unique_ptr<projector::Balances> balances)
        : balances_{std::move(balances)} {}

    bool is_done() const { return state_ != ProjectionState::moving; }
    ProjectionState state() const { return state_; }
    Seq watermark() const { return watermark_; }
    // What the records leave in it; see Verifier::tell.
    LastingRows& rows() { return rows_; }

    // Where it stands now.
    Result<Seq> look();
    // Compares what has gathered, so that it doesn't stay in memory.
    Found compare_rows();
    // Nothing is compared when the projection has moved on.
    Found compare_if_at_rest(const JournalWalk& walk);
    // Waits for a projection that was seen moving, and takes the walk to where it is.
    Found catch_and_compare(JournalWalk& walk);

private:
    Found compare(const projector::View& view, const JournalWalk& walk);

    std::unique_ptr<projector::Balances> balances_;
    LastingRows rows_;
    ProjectionState state_ = ProjectionState::moving;
    Seq watermark_;
};

}  // namespace daybook::cli
