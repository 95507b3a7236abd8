#include "tests/rot/readings.h"

#include <cstdio>
#include <fcntl.h>
#include <span>
#include <sys/mman.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/parser.h"
#include "journal/environment.h"
#include "journal/reader.h"
#include "schema/receipts.h"
#include "schema/record.h"
#include "schema/submission.h"
#include "sequencer/core.h"
#include "sequencer/record_finder.h"
#include "sequencer/recovery.h"
#include "state/keeper.h"

namespace daybook::rot {

namespace {

// Catches what is written to a standard descriptor.
class Caught {
public:
    Caught(int descriptor, std::FILE* stream)
        : descriptor_{descriptor},
          stream_{stream},
          before_{dup(descriptor)},
          memory_{memfd_create("caught", 0)} {
        std::fflush(stream_);
        dup2(memory_, descriptor_);
    }
    ~Caught() {
        close(before_);
        close(memory_);
    }
    Caught(const Caught&) = delete;
    Caught& operator=(const Caught&) = delete;
    Caught(Caught&&) = delete;
    Caught& operator=(Caught&&) = delete;

    std::string end() {
        std::fflush(stream_);
        dup2(before_, descriptor_);
        const auto size = lseek(memory_, 0, SEEK_END);
        std::string text(static_cast<std::size_t>(size), '\0');
        if (pread(memory_, text.data(), text.size(), 0) != size) text = "unreadable";
        return text;
    }

private:
    int descriptor_;
    std::FILE* stream_;
    int before_;
    int memory_;
};

int run_words(const Words& words) {
    CLI::App app;
    cli::Subcommand commands{app};
    int exit_code = cli::kExitFine;
    cli::add_account_commands(commands, exit_code);
    cli::add_hold_commands(commands, exit_code);
    cli::add_read_commands(commands, exit_code);
    cli::add_entry_command(commands, exit_code);
    cli::add_tail_command(commands, exit_code);
    cli::add_verify_command(commands, exit_code);
    std::vector<std::string> backwards{words.rbegin(), words.rend()};
    try {
        app.parse(std::move(backwards));
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : cli::exit_code(ErrorCode::usage);
    }
    return exit_code;
}

std::string text_of(const Book& book) {
    std::string text;
    const auto add = [&](const auto& value) { text += to_string(value) + ' '; };
    for (std::uint64_t i = 1; i <= book.account_count(); ++i) {
        const AccountNumber number{i};
        const Account& account = *book.find(number);
        text += book.terms(number).code + ' ' + std::to_string(account.version) + ' ';
        add(account.totals.posted_debits);
        add(account.totals.posted_credits);
        add(account.totals.held_debits);
        add(account.totals.held_credits);
        add(book.terms(number).limits.min.value_or(SignedAmount{-1}));
        add(book.terms(number).limits.max.value_or(SignedAmount{-1}));
        text += std::string{name_of(account.state)} + '\n';
    }
    for (const EntryId id : book.holds().open_ids()) {
        add(id);
        add(book.holds().find_open(id)->remaining);
    }
    return text + '\n';
}

// The answers to every key, as bytes.
Result<std::string> answers_of(journal::Snapshot& snapshot, sequencer::Core& core) {
    const Id128 book = snapshot.head().book;
    schema::SubmissionBuilder asked;
    asked.begin(schema::MessageKind::outcomes, book, 1);
    std::string reversed;
    for (auto block = snapshot.block_of(Seq{1});; block = snapshot.block_after((*block)->info())) {
        if (!block) return std::unexpected{block.error()};
        const std::optional<journal::BlockView>& view = *block;
        if (!view) break;
        for (Seq seq = view->info().first_seq; seq <= view->info().last_seq(); seq = seq.next()) {
            const auto bytes = view->record(seq);
            if (!bytes) return std::unexpected{bytes.error()};
            const auto record = schema::RecordView::parse(*bytes);
            if (!record) return std::unexpected{record.error()};
            asked.add_key(record->key());
            const auto* amounts = core.book().find_reversed(EntryId{seq, 0});
            if (amounts == nullptr) continue;
            for (const Amount amount : *amounts)
                reversed += std::to_string(seq.value()) + ' ' + to_string(amount) + '\n';
        }
    }
    const auto view = schema::SubmissionView::parse(asked.message(), book);
    if (!view) return fail(ErrorCode::bad_input, "too many keys for one message");
    schema::ReceiptsBuilder receipts;
    receipts.begin(view->header(), book);
    if (auto done = core.look_up(*view, kLoopbackProducer, receipts); !done)
        return std::unexpected{done.error()};
    std::vector<std::byte> answer(receipts.message_bytes());
    receipts.write(core.head(), answer);
    return reversed + std::string{reinterpret_cast<const char*>(answer.data()), answer.size()};
}

Result<std::string> start(const std::filesystem::path& data) {
    auto environment = journal::Environment::open(data / "journal", journal::Access::read_only);
    if (!environment) return std::unexpected{environment.error()};
    const auto keeper = state::Keeper::open(*environment, data / "state");
    if (!keeper) return std::unexpected{keeper.error()};
    auto finder = sequencer::RecordFinder::open(*environment);
    if (!finder) return std::unexpected{finder.error()};
    sequencer::Core core{*finder};
    if (auto taken = core.take_over(**keeper); !taken) return std::unexpected{taken.error()};
    auto snapshot = journal::Snapshot::open(*environment);
    if (!snapshot) return std::unexpected{snapshot.error()};
    if (auto done = sequencer::recover(*snapshot, core, {}); !done)
        return std::unexpected{done.error()};
    const auto answers = answers_of(*snapshot, core);
    if (!answers) return std::unexpected{answers.error()};
    return std::to_string(core.head().value()) + '\n' + text_of(core.book()) + *answers;
}

}  // namespace

Said run_command(const Words& words) {
    Caught output{STDOUT_FILENO, stdout};
    Caught errors{STDERR_FILENO, stderr};
    Said said;
    said.exit_code = run_words(words);
    said.output = output.end();
    said.errors = errors.end();
    return said;
}

Said start_sequencer(const std::filesystem::path& data) {
    Caught errors{STDERR_FILENO, stderr};
    const auto started = start(data);
    Said said;
    said.errors = errors.end();
    if (started) {
        said.output = *started;
    } else {
        said.exit_code = cli::exit_code(started.error().code);
        said.errors += started.error().detail;
    }
    return said;
}

}  // namespace daybook::rot
