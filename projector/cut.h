// Cut: what the query server reads from now: a view of the projection and a snapshot of the journal
// no older than it. Renewed at most once a millisecond; let go of at rest, so that it never pins
// pages for long. One thread. Private to projector/'s sources.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "journal/environment.h"
#include "journal/reader.h"
#include "projector/balances.h"
#include "schema/query_answers.h"

namespace daybook::projector {

class Cut {
public:
    static Result<Cut> open(std::shared_ptr<journal::Environment> journal,
                            const std::filesystem::path& projection);

    // Moves to the newest state, unless it did so in the last millisecond. `try_again` while the
    // projection is being rebuilt. What was read before is invalid from here on.
    Result<void> renew();
    // Lets go of it once nobody has renewed it for `rest`.
    void release_after(std::chrono::milliseconds rest);
    bool is_held() const { return view_.has_value(); }

    // While held.
    const View& view() const { return *view_; }
    journal::Snapshot& snapshot() { return *snapshot_; }
    schema::Standing standing() const;
    // Whether `seq` has been reached: by the journal, or by the projection.
    Seq reached(schema::MessageKind kind) const;

    // Of both data sets, in all processes.
    Result<schema::Status> status() const;
    const Id128& book() const { return journal_->book(); }

private:
    Cut(std::shared_ptr<journal::Environment> journal, std::unique_ptr<Balances> balances)
        : journal_{std::move(journal)}, balances_{std::move(balances)} {}

    std::shared_ptr<journal::Environment> journal_;
    std::unique_ptr<Balances> balances_;
    std::optional<View> view_;
    std::optional<journal::Snapshot> snapshot_;
    std::chrono::steady_clock::time_point taken_;
};

}  // namespace daybook::projector
