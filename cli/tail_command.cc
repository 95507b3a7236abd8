#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "cli/account_names.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/journal_source.h"
#include "cli/name_source.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/read_options.h"
#include "cli/record_text.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "cli/tail_source.h"
#include "gateway/feed_socket.h"
#include "gateway/query_client.h"
#include "gateway/subscription.h"
#include "journal/reader.h"
#include "json/record_line.h"
#include "ledger/form.h"
#include "schema/record.h"

namespace daybook::cli {

namespace {

using std::chrono::milliseconds;

// The feed that was named; else, of a journal on this machine, its commits.
Result<std::unique_ptr<gateway::LiveFeed>> open_feed(
    const TailOptions& options, const std::shared_ptr<journal::Environment>& journal) {
    const std::string by_default = options.is_remote() ? "tcp://127.0.0.1:7412" : "";
    const std::string endpoint = options.feed.value_or(by_default);
    if (!endpoint.empty()) return gateway::FeedSocket::open(endpoint);
    if (options.is_remote()) return std::unique_ptr<gateway::LiveFeed>{};
    auto follower = journal::Follower::open(*journal);
    if (!follower) return std::unexpected{follower.error()};
    return std::make_unique<JournalWakes>(*std::move(follower));
}

// JSON names nothing. A server whose names cannot be asked for prints numbers.
AccountNames names_at(const TailOptions& options) {
    constexpr milliseconds kNamesWait{2000};
    if (options.as_json) return AccountNames{};
    auto client = gateway::QueryClient::connect({.endpoint = options.query,
                                                 .resend_after = milliseconds{500},
                                                 .give_up_after = kNamesWait});
    return client ? AccountNames{open_names_at(*std::move(client))} : AccountNames{};
}

// Without a projection of this book, accounts are named by what the records tell, else by number.
AccountNames names_beside(const std::shared_ptr<journal::Environment>& journal,
                          const TailOptions& options) {
    auto projection = DataDirectory{options.data}.open_projection(journal);
    if (projection) return AccountNames{open_names_here(*std::move(projection), journal)};
    if (projection.error().code == ErrorCode::damaged) {
        fmt::print(stderr, "daybook: {}; until then accounts may be named by number\n",
                   projection.error().detail);
    }
    return AccountNames{};
}

// Prints what a subscription delivers.
class DeliveryPrinter {
public:
    DeliveryPrinter(std::unique_ptr<gateway::Subscription> subscription, const Id128& book,
                    AccountNames names, const TailOptions& options)
        : subscription_{std::move(subscription)},
          book_{book},
          follows_{options.follows},
          as_json_{options.as_json},
          account_path_{options.account_path},
          says_feed_{options.follows && options.feed.has_value()},
          names_{std::move(names)} {}

    // Until the head, or for ever; in both cases until nobody reads or wants it any more.
    Result<void> print() {
        constexpr milliseconds kLookAround{100};
        while (!is_stop_requested()) {
            const bool must_flush = output_.is_full() || is_waiting_;
            if (must_flush) {
                const auto has_reader = output_.flush();
                if (!has_reader) return std::unexpected{has_reader.error()};
                if (!*has_reader) return {};
            }
            // What is printed leaves before anything is waited for.
            const auto record = subscription_->next(is_waiting_ ? kLookAround : milliseconds{0});
            if (!record) return end(record.error());
            is_waiting_ = !*record;
            if (*record) {
                if (auto printed = print(**record); !printed) return end(printed.error());
                has_printed_ = true;
            } else if (subscription_->is_at_head()) {
                say_that_none_passed();
                if (!follows_) break;
                say_what_is_away();
            } else {
                say_what_is_away();
            }
        }
        return flush();
    }

private:
    Result<void> flush() {
        const auto flushed = output_.flush();
        if (!flushed) return std::unexpected{flushed.error()};
        return {};
    }

    // What was delivered before is printed all the same.
    Result<void> end(const Error& error) {
        if (auto flushed = flush(); !flushed) return flushed;
        return std::unexpected{error};
    }

    Result<void> print(const gateway::DeliveredRecord& delivered) {
        const auto record = schema::RecordView::parse(delivered.bytes);
        if (!record) return std::unexpected{record.error()};
        if (!as_json_) {
            return append_record_text(*record, delivered.block.stamp, names_, output_.text());
        }
        if (delivered.block.number != block_) json_.set_block(delivered.block, book_);
        block_ = delivered.block.number;
        return json_.write(*record, output_.text());
    }

    // A wrong account code would else look like one without records.
    void say_that_none_passed() {
        if (account_path_.empty() || std::exchange(has_printed_, true)) return;
        fmt::print(stderr,
                   "daybook: none of these records concerns an account '{0}' or '{0}:...'\n",
                   account_path_);
    }

    // One line on standard error at each change.
    void say_what_is_away() {
        const bool is_source_away = !subscription_->trouble().empty();
        if (is_source_away && !was_source_away_) {
            fmt::print(stderr, "daybook: {}; going on when it answers\n", subscription_->trouble());
        } else if (!is_source_away && was_source_away_) {
            fmt::print(stderr, "daybook: the query endpoint answers again\n");
        }
        was_source_away_ = is_source_away;
        if (!says_feed_ || is_source_away) return;
        const bool is_feed_away = !subscription_->is_feed_connected();
        if (is_feed_away && !was_feed_away_) {
            fmt::print(stderr, "daybook: the feed is not connected; following the journal alone\n");
        } else if (!is_feed_away && was_feed_away_) {
            fmt::print(stderr, "daybook: the feed is connected again\n");
        }
        was_feed_away_ = is_feed_away;
    }

    std::unique_ptr<gateway::Subscription> subscription_;
    Id128 book_;
    bool follows_;
    bool as_json_;
    std::string account_path_;
    bool says_feed_;
    AccountNames names_;
    json::RecordLine json_;
    StandardOutput output_;
    std::uint64_t block_ = 0;  // that `json_` has
    bool is_waiting_ = false;
    bool has_printed_ = false;  // something, or that there is nothing
    bool was_source_away_ = false;
    bool was_feed_away_ = false;
};

Result<void> tail(const TailOptions& options) {
    if (!options.account_path.empty() && !is_account_code(options.account_path)) {
        return fail(ErrorCode::usage, "'" + options.account_path +
                                          "' is no account code; name an account or what is above "
                                          "it, like users:alice");
    }
    std::shared_ptr<journal::Environment> journal;
    if (!options.is_remote()) {
        auto opened = DataDirectory{options.data}.open_journal(journal::Access::read_only);
        if (!opened) return std::unexpected{opened.error()};
        journal = *std::move(opened);
    }
    auto source = open_source(options, journal);
    if (!source) return std::unexpected{source.error()};
    std::unique_ptr<gateway::LiveFeed> feed;
    if (options.follows) {
        auto opened = open_feed(options, journal);
        if (!opened) return std::unexpected{opened.error()};
        feed = *std::move(opened);
    }
    const auto start = choose_start(options, journal, **source);
    if (!start) return std::unexpected{start.error()};
    const Id128 book = (*source)->book();
    auto names = options.is_remote() ? names_at(options) : names_beside(journal, options);
    auto subscription = std::make_unique<gateway::Subscription>(
        *std::move(source), std::move(feed),
        gateway::SubscriptionOptions{.from = *start, .account_path = options.account_path});
    return DeliveryPrinter{std::move(subscription), book, std::move(names), options}.print();
}

}  // namespace

void add_tail_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<TailOptions>();
    auto* command = app.add_subcommand(
        "tail", "Prints the journal's records, accepted and rejected, in the order of their seqs");
    add_data_option(*command, options->data);
    add_query_option(*command, options->query);
    command
        ->add_option("--connect-feed", options->feed,
                     "With --follow: the sequencer's feed; \"\" is none (default with --query: "
                     "tcp://127.0.0.1:7412, else none: the journal says when it grows)")
        ->may_be_empty()
        ->type_name("ENDPOINT");
    auto* from = command
                     ->add_option("--from-seq", options->from_seq,
                                  "The first record to print (default with --json: 1)")
                     ->positive()
                     ->type_name("SEQ");
    command
        ->add_option("--last", options->last,
                     "Print only the last records (default without --json: 20)")
        ->excludes(from)
        ->type_name("COUNT");
    command
        ->add_option("--account-prefix", options->account_path,
                     "Only records that open or touch this account or one below it: users:alice is "
                     "also users:alice:wallet; rejected commands touch none")
        ->type_name("CODE");
    command->add_flag("--follow", options->follows,
                      "Go on with new records as they become durable, until Ctrl-C");
    command->add_flag("--json", options->as_json,
                      "Print everything the journal holds of a record, one JSON object a line "
                      "(docs/jsonl.md)");
    command->footer(R"(Examples:
  daybook tail --follow
  daybook tail --json > journal.jsonl
  daybook tail --query tcp://127.0.0.1:7413 --follow --json --from-seq 1)");
    command->callback([options, &exit_code] {
        notice_stop_signals();
        const auto done = tail(*options);
        if (!done) {
            exit_code = report(done.error());
        } else {
            // Only a stop ends what follows.
            exit_code = options->follows ? kExitFine : exit_code_after_stop();
        }
    });
}

}  // namespace daybook::cli
