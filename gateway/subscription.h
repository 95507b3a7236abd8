// Subscription: the journal's records from any Seq on, each once, in order, and then on as they
// become durable. The feed is quick and loses; the source has everything: what comes on the feed is
// taken when it is the next, and a gap is read from the source. When the feed says nothing the
// source is asked now and then, so that a loss at the end is found too.
//
// Memory is bounded: one page of the source (about 1 MiB) or one message of the feed. A feed that
// runs ahead meanwhile loses its messages, and they are read from the source. One thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "gateway/account_filter.h"
#include "gateway/record_source.h"
#include "schema/run.h"

namespace daybook::gateway {

struct SubscriptionOptions {
    Seq from{1};  // the first to deliver; need not be there yet
    // Only records that concern the accounts under this path (gateway/account_filter.h); "": all.
    std::string account_path;
    // Without anything new for so long, the source is asked; also how often it is tried while it
    // does not answer.
    std::chrono::milliseconds check_every{500};
};

// Valid until the next call of the subscription.
struct DeliveredRecord {
    schema::BlockFacts block;  // that it is in
    Seq seq;
    Bytes bytes;  // schema/record.h; its parts are checked by RecordView::parse
};

class Subscription {
public:
    // Without a feed it asks the source alone.
    Subscription(std::unique_ptr<RecordSource> source, std::unique_ptr<LiveFeed> feed,
                 SubscriptionOptions options);

    // The next record, or nothing when `timeout` passes first. May take longer by what a call of
    // the source takes. A source that is away is no error: see trouble(). `damaged` when the feed
    // or the source is of another book, goes back, or gives a block that does not continue the one
    // before by its hash; then nothing more is delivered.
    Result<std::optional<DeliveredRecord>> next(std::chrono::milliseconds timeout);

    // Everything before it has been delivered, or did not pass the filter: go on from here.
    Seq position() const { return std::max(next_, options_.from); }
    // The source said that there is nothing more, and nothing has come since.
    bool is_at_head() const { return is_caught_up_ && !has_record(); }
    // Why the source could not be asked the last time; empty when it could.
    const std::string& trouble() const { return trouble_; }
    bool is_feed_connected() const { return feed_ && feed_->is_connected(); }

    // How the records came.
    struct Counts {
        std::uint64_t live = 0;        // from the feed
        std::uint64_t caught_up = 0;   // from the source
        std::uint64_t gaps = 0;        // messages of the feed that were not the next
        std::uint64_t stale = 0;       // messages of the feed that brought nothing new
        std::uint64_t unreadable = 0;  // messages of the feed that were none of ours
    };
    const Counts& counts() const { return counts_; }

private:
    using Moment = std::chrono::steady_clock::time_point;

    bool has_record() const { return index_ < run_.records.size() || !runs_.is_at_end(); }
    // The next record of what is at hand, whether or not it passes.
    Result<std::optional<DeliveredRecord>> take();
    Result<bool> passes(const DeliveredRecord& record);
    // Looks up which accounts to filter for; false while the source is away.
    Result<bool> prepare();
    Result<void> ask_source();
    Result<void> listen(Moment until);
    Result<void> take_message();
    Result<void> enter_run();
    void end_page();
    Result<void> note_trouble(const Error& error);

    std::unique_ptr<RecordSource> source_;
    std::unique_ptr<LiveFeed> feed_;
    SubscriptionOptions options_;
    std::optional<AccountFilter> filter_;
    bool is_prepared_;

    Seq next_;
    std::vector<std::byte> bytes_;  // what `runs_` and `run_` view
    schema::RunReader runs_{{}};
    schema::Run run_;
    std::size_t index_ = 0;                    // in run_.records
    Seq page_head_;                            // the source's, with the page at hand
    bool is_live_ = false;                     // where `run_` came from
    std::optional<schema::BlockFacts> block_;  // of the record before `next_`

    bool must_ask_ = true;
    bool is_caught_up_ = false;
    Moment ask_not_before_;
    Moment news_;  // the last time there was any
    unsigned times_behind_ = 0;
    std::vector<std::byte> message_;
    std::string trouble_;
    std::optional<Error> failure_;
    Counts counts_;
};

}  // namespace daybook::gateway
