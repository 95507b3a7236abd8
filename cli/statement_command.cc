#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/read_options.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "cli/statement_output.h"
#include "cli/statement_source.h"
#include "json/moment.h"
#include "ledger/history.h"
#include "projector/statement.h"

namespace daybook::cli {

namespace {

using projector::StatementQuery;

struct StatementOptions {
    ReadOptions read;
    std::string query;  // empty: the files in `read.data`
    std::string account;
    std::optional<std::uint64_t> from_seq;
    std::optional<std::uint64_t> to_seq;
    std::optional<std::string> from;
    std::optional<std::string> to;
    std::uint64_t limit = 50;
    bool is_all = false;
    std::optional<std::string> before;
};

std::unexpected<Error> usage(const std::string& what) {
    return fail(ErrorCode::usage, what);
}

// The moment just before: a period ends before the next one begins.
Stamp before(Stamp moment) {
    return Stamp{moment.nanoseconds() - 1};
}

// What is asked for. A Seq beyond the journal's head is refused; a time there has no lines yet.
Result<StatementQuery> query_of(const StatementOptions& options, StatementSource& source) {
    StatementQuery query;
    std::optional<Stamp> from;
    if (options.from_seq) {
        const auto seq = source.existing(*options.from_seq);
        if (!seq) return std::unexpected{seq.error()};
        query.from = *seq;
    }
    if (options.from) {
        const auto moment = json::parse_moment(*options.from);
        if (!moment) return std::unexpected{moment.error()};
        from = *moment;
        // From before the book began is from its beginning.
        const auto seq = source.last_by(before(*moment));
        if (!seq && seq.error().code != ErrorCode::not_found) return std::unexpected{seq.error()};
        query.from = seq ? seq->next() : Seq{1};
    }
    if (options.to_seq) {
        const auto seq = source.existing(*options.to_seq);
        if (!seq) return std::unexpected{seq.error()};
        if (options.from_seq && *options.from_seq > *options.to_seq) {
            return usage("--from-seq is after --to-seq");
        }
        query.to = *seq;
    }
    if (options.to) {
        const auto moment = json::parse_moment(*options.to);
        if (!moment) return std::unexpected{moment.error()};
        if (from && *from >= *moment) return usage("--from is not before --to");
        const auto seq = source.last_by(before(*moment));
        if (!seq) return std::unexpected{seq.error()};
        query.to = *seq;
    }
    if (options.before) {
        const auto cursor = parse_touch_pointer(*options.before);
        if (!cursor) {
            return usage("'" + *options.before +
                         "' is not a place in a statement: write what stands under the page "
                         "before, e.g. 17.1, or a seq");
        }
        query.before = *cursor;
    }
    return query;
}

// Page after page, newest first, until the range or the limit ends.
class LinePrinter {
public:
    LinePrinter(const StatementOptions& options, StatementSource& source,
                const StatementQuery& query)
        : options_{options},
          source_{source},
          query_{query},
          left_{options.is_all ? std::numeric_limits<std::uint64_t>::max() : options.limit} {}

    Result<void> print() {
        if (auto begun = begin(); !begun) return begun;
        for (bool is_first = true;; is_first = false) {
            const auto is_last = gather(is_first);
            source_.release();
            if (!is_last) return std::unexpected{is_last.error()};
            const auto has_reader = output_.flush();
            if (!has_reader) return std::unexpected{has_reader.error()};
            if (*is_last || !*has_reader || is_stop_requested()) return {};
        }
    }

private:
    Result<void> begin() {
        const bool is_open = query_.to == kSeqMax;
        const auto found = source_.find(options_.account, is_open ? Seq{} : query_.to);
        if (!found) return std::unexpected{found.error()};
        if (is_open) query_.to = found->as_of;
        query_.account = found->account.number;
        const Seq from = std::max(query_.from, found->account.opened);
        StatementFrame frame{found->account, found->asset, from, query_.to, found->as_of};
        pages_ = options_.read.as_json ? statement_json(frame) : statement_text(frame);
        return {};
    }

    // Reads and writes one page; true when it is the last one.
    Result<bool> gather(bool is_first) {
        query_.lines_max = std::min<std::uint64_t>(left_, schema::kStatementLinesMax);
        const auto page = source_.page(query_);
        if (!page) return std::unexpected{page.error()};
        left_ -= page->lines.size();
        query_.before = page->next;
        const bool is_last = page->next.is_none() || left_ == 0;
        pages_->add(*page, is_first, is_last, output_.text());
        return is_last;
    }

    const StatementOptions& options_;
    StatementSource& source_;
    StatementQuery query_;
    std::uint64_t left_;  // lines to go
    std::unique_ptr<StatementOutput> pages_;
    StandardOutput output_;
};

int statement(const StatementOptions& options) {
    notice_stop_signals();
    const auto source = options.query.empty() ? open_statements_here(options.read)
                                              : open_statements_at(options.query, options.read);
    if (!source) return report(source.error());
    const auto query = query_of(options, **source);
    if (!query) return report(query.error());
    const auto printed = LinePrinter{options, **source, *query}.print();
    return printed ? exit_code_after_stop() : report(printed.error());
}

void add_range_options(Subcommand& command, StatementOptions& options) {
    auto* from_seq = command
                         .add_option("--from-seq", options.from_seq,
                                     "The first seq (default: the account's opening)")
                         ->positive()
                         ->type_name("SEQ");
    auto* to_seq =
        command.add_option("--to-seq", options.to_seq, "The last seq, inclusive (default: now)")
            ->positive()
            ->type_name("SEQ");
    command
        .add_option("--from", options.from,
                    "Recorded at TIME or later (RFC 3339, or a day: its midnight UTC)")
        ->excludes(from_seq)
        ->type_name("TIME");
    command
        .add_option("--to", options.to,
                    "Recorded before TIME, so that periods that follow each other share no line")
        ->excludes(to_seq)
        ->type_name("TIME");
    auto* limit = command.add_option("--limit", options.limit, "Lines a page")
                      ->positive()
                      ->capture_default_str()
                      ->type_name("COUNT");
    command.add_flag("--all", options.is_all, "Every line of the range")->excludes(limit);
    command
        .add_option("--before", options.before,
                    "Only lines older than this one: the next page, as the page before says")
        ->type_name("SEQ.TOUCH");
}

}  // namespace

void add_statement_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<StatementOptions>();
    auto* command = app.add_subcommand(
        "statement",
        "Prints what happened to an account, newest first: each posting, step of a hold and "
        "change, with the balance after it");
    command->add_option("ACCOUNT", options->account, "Account code")->required();
    add_range_options(*command, *options);
    add_read_options(*command, options->read);
    add_query_option(*command, options->query);
    command->footer(R"(With --json one object a line (docs/statements.md).

Examples:
  daybook statement users:alice
  daybook statement users:alice --from 2026-03-01 --to 2026-04-01 --all --json
  daybook statement users:alice --query tcp://127.0.0.1:7413

Exit codes:
  0 fine   64 usage   66 no such account or seq   69 server not reachable   75 not applied yet
  76 damaged)");
    command->callback([options, &exit_code] { exit_code = statement(*options); });
}

}  // namespace daybook::cli
