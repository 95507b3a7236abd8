#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "cli/account_names.h"
#include "cli/commands.h"
#include "cli/data_directory.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/parser.h"
#include "cli/record_json.h"
#include "cli/record_text.h"
#include "cli/signals.h"
#include "cli/standard_output.h"
#include "journal/reader.h"
#include "schema/record.h"

namespace daybook::cli {

namespace {

struct TailOptions {
    std::string data;
    std::optional<std::uint64_t> from_seq;
    std::optional<std::uint64_t> last;
    bool follows = false;
    bool as_json = false;
};

// Prints records in order, from one Seq on. No snapshot lives while output is written: a reader of
// it may be slow, and a snapshot pins pages of the journal.
class Printer {
public:
    Printer(std::shared_ptr<journal::Environment> environment, const TailOptions& options)
        : environment_{std::move(environment)},
          as_json_{options.as_json},
          names_{DataDirectory{options.data}.projection()} {}

    Result<void> choose_start(const TailOptions& options) {
        const auto snapshot = journal::Snapshot::open(environment_);
        if (!snapshot) return std::unexpected{snapshot.error()};
        constexpr std::uint64_t kLastByDefault = 20;
        const std::uint64_t head = snapshot->head_seq().value();
        const bool is_all = options.as_json && !options.last;
        const std::uint64_t last = is_all ? head : options.last.value_or(kLastByDefault);
        next_ = Seq{options.from_seq.value_or(head > last ? head - last + 1 : 1)};
        return {};
    }

    // Prints up to the head; false when nobody reads or wants it any more.
    Result<bool> print_to_head() {
        bool is_at_head = false;
        while (!is_at_head) {
            auto reached = gather();
            if (!reached) return reached;
            is_at_head = *reached;
            auto has_reader = output_.flush();
            if (!has_reader || !*has_reader) return has_reader;
            if (is_stop_requested()) return false;
        }
        return true;
    }

private:
    // Fills the output; true when the head was reached.
    Result<bool> gather() {
        auto snapshot = journal::Snapshot::open(environment_);
        if (!snapshot) return std::unexpected{snapshot.error()};
        auto block = snapshot->block_of(next_);
        while (block && *block) {
            const auto is_done = print_block(**block);
            if (!is_done) return std::unexpected{is_done.error()};
            if (!*is_done) return false;
            block = snapshot->block_after((*block)->info());
        }
        if (!block) return std::unexpected{block.error()};
        return true;
    }

    // False when the output was full before the block's end.
    Result<bool> print_block(const journal::BlockView& block) {
        if (as_json_) json_.set_block(block.info());
        while (next_ <= block.info().last_seq()) {
            if (output_.is_full() || is_stop_requested()) return false;
            const auto printed = print_record(block);
            if (!printed) return std::unexpected{printed.error()};
            next_ = next_.next();
        }
        return true;
    }

    Result<void> print_record(const journal::BlockView& block) {
        const auto bytes = block.record(next_);
        if (!bytes) return std::unexpected{bytes.error()};
        const auto record = schema::RecordView::parse(*bytes);
        if (!record) return std::unexpected{record.error()};
        if (as_json_) return json_.write(*record, output_.text());
        return append_record_text(*record, block.info().stamp, names_, output_.text());
    }

    std::shared_ptr<journal::Environment> environment_;
    bool as_json_;
    AccountNames names_;
    RecordJson json_;
    StandardOutput output_;
    Seq next_;
};

int tail(const TailOptions& options) {
    notice_stop_signals();
    explain_bus_errors();
    const auto environment = DataDirectory{options.data}.open_journal(journal::Access::read_only);
    if (!environment) return report(environment.error());
    std::optional<journal::Follower> follower;
    if (options.follows) {
        auto opened = journal::Follower::open(**environment);
        if (!opened) return report(opened.error());
        follower.emplace(*std::move(opened));
    }
    Printer printer{*environment, options};
    if (const auto chosen = printer.choose_start(options); !chosen) return report(chosen.error());
    for (;;) {
        const auto goes_on = printer.print_to_head();
        if (!goes_on) return report(goes_on.error());
        if (!*goes_on || !follower) return kExitFine;
        follower->wait(std::chrono::seconds{1});
        if (is_stop_requested()) return kExitFine;
    }
}

}  // namespace

void add_tail_command(Subcommand& app, int& exit_code) {
    auto options = std::make_shared<TailOptions>();
    auto* command = app.add_subcommand(
        "tail", "Prints the journal's records, accepted and rejected, in the order of their seqs");
    add_data_option(*command, options->data);
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
    command->add_flag("--follow", options->follows,
                      "Go on with new records as they become durable, until Ctrl-C");
    command->add_flag("--json", options->as_json,
                      "Print everything the journal holds of a record, one JSON object a line "
                      "(docs/jsonl.md)");
    command->footer(R"(Examples:
  daybook tail --follow
  daybook tail --json > journal.jsonl)");
    command->callback([options, &exit_code] { exit_code = tail(*options); });
}

}  // namespace daybook::cli
