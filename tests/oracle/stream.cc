#include "tests/oracle/stream.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "cli/data_directory.h"
#include "cli/verification.h"
#include "journal/environment.h"
#include "journal/reader.h"
#include "journal/writer.h"
#include "json/command_writer.h"
#include "json/record_line.h"
#include "ledger/form.h"
#include "projector/projector.h"
#include "projector/record_range.h"
#include "schema/receipts.h"
#include "schema/submission.h"
#include "sequencer/core.h"
#include "sequencer/recovery.h"
#include "state/keeper.h"
#include "tests/oracle/random_commands.h"

namespace daybook::oracle {

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr Stamp kStart{1'772'366'400 * kSecond};
constexpr Id128 kBook{{0xda}};

template <typename T>
T must(Result<T> result) {
    if (!result) fprintf(stderr, "%s\n", result.error().detail.c_str());
    CHECK_INVARIANT(result.has_value(), "a stream meets no error");
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}

class Stream {
public:
    Stream(const std::filesystem::path& directory, std::uint64_t seed, StreamFiles& files)
        : directory_{directory}, random_{seed}, files_{files} {
        must(journal::Environment::create(directory_ / "journal", kBook, kStart));
        environment_ =
            must(journal::Environment::open(directory_ / "journal", journal::Access::read_write));
        writer_ = must(journal::Writer::open(environment_));
        restart();
    }

    void run(std::size_t commands) {
        std::vector<Command> opening = random_.opening();
        run_block(opening);
        for (std::size_t sent = 0; sent < commands;) {
            if (random_.chance(10)) restart();
            if (random_.chance(40)) pass_time();
            std::vector<Command> block;
            for (auto count = 1 + random_.below(6); count > 0 && sent < commands; --count, ++sent)
                block.push_back(well_formed());
            run_block(block);
        }
        write_records();
    }

    // What the verifier and the projector make of it. Nothing else works after this: a process
    // opens a journal once.
    void verify() {
        const auto data = cli::DataDirectory{directory_};
        core_.reset();
        finder_.reset();
        writer_.reset();
        must(must(projector::Projector::open(std::move(environment_), data.projection()))
                 ->catch_up());
        const auto verified = must(cli::verify(data));
        CHECK_INVARIANT(!verified.finding, "the verifier finds nothing");
        CHECK_INVARIANT(verified.projection == cli::ProjectionState::equal,
                        "the projection is the fold of the journal");
    }

private:
    // What a process knows after it was killed and started again.
    void restart() {
        core_.reset();
        finder_ = std::make_unique<sequencer::RecordFinder>(
            must(sequencer::RecordFinder::open(environment_)));
        core_ = std::make_unique<sequencer::Core>(*finder_);
        // From a saved book that is now up to date, now of the restart before.
        const auto keeper = must(state::Keeper::open(environment_, directory_ / "state"));
        if (++restarts_ % 2 == 0) must(keeper->catch_up());
        must(core_->take_over(*keeper));
        auto snapshot = must(journal::Snapshot::open(environment_));
        must(sequencer::recover(snapshot, *core_, {}));
    }

    void pass_time() {
        const auto seconds = random_.chance(90) ? random_.below(20) : random_.below(5000);
        now_ = Stamp{now_.nanoseconds() + static_cast<std::int64_t>(seconds) * kSecond};
    }

    Command well_formed() {
        for (;;) {
            auto command = random_.next(now_);
            if (check_form(command) == Malformation::none) return command;
        }
    }

    void run_block(const std::vector<Command>& commands) {
        block_.begin(core_->next_seq(), now_);
        finder_->set_blocks(&block_, nullptr);
        core_->expire_due(block_);
        for (const auto& command : commands)
            submit(command);
        finder_->set_blocks(nullptr, nullptr);
        if (!block_.is_empty()) must(writer_->append(block_));
    }

    void submit(const Command& command) {
        const auto* transfer = std::get_if<Transfer>(&command);
        message_.begin(
            transfer != nullptr ? schema::MessageKind::transfers : schema::MessageKind::commands,
            kBook, 1);
        const bool is_added =
            transfer != nullptr ? message_.add_transfer(*transfer) : message_.add_command(command);
        CHECK_INVARIANT(is_added, "the generator keeps to the caps");
        const auto view = schema::SubmissionView::parse(message_.message(), kBook);
        receipts_.begin(view->header(), kBook);
        std::size_t done = 0;
        must(core_->execute(*view, kLoopbackProducer, block_, receipts_, done));
        std::vector<std::byte> answer(receipts_.message_bytes());
        receipts_.write(core_->head(), answer);
        const auto receipt = schema::decode_receipts(answer).value().front();
        write_submission(command, receipt);
        const bool is_new = receipt.seq.value() != 0 && !receipt.is_replay;
        if (is_new) random_.note(command, receipt.verdict == Verdict::accepted, receipt.seq);
    }

    void write_submission(const Command& command, const schema::Receipt& receipt) {
        line_.clear();
        line_.begin_object()
            .signed_big("stamp_ns", now_.nanoseconds())
            .small("producer", kLoopbackProducer.value())
            .text("kind", name_of(kind_of(command)))
            .text("key", to_hex(key_of(command).bytes))
            .begin_object("command");
        json::write_fields(line_, command);
        line_.end_object().begin_object("answer").text("verdict", name_of(receipt.verdict));
        if (receipt.code != 0) line_.text("code", name_of_code(receipt.code));
        if (receipt.seq.value() != 0) line_.big("seq", receipt.seq);
        if (receipt.is_replay) line_.boolean("replayed", true);
        if (receipt.subject != 0) line_.big("subject", receipt.subject);
        line_.end_object().end_object();
        files_.submissions += line_.str();
        files_.submissions += '\n';
    }

    void write_records() {
        auto snapshot = must(journal::Snapshot::open(environment_));
        json::RecordLine json;
        auto block = must(snapshot.block_of(Seq{1}));
        while (block) {
            json.set_block(projector::facts_of(block->info()), kBook);
            for (Seq seq = block->info().first_seq; seq <= block->info().last_seq();
                 seq = seq.next()) {
                const auto record = must(schema::RecordView::parse(must(block->record(seq))));
                must(json.write(record, files_.records));
            }
            block = must(snapshot.block_after(block->info()));
        }
    }

    std::filesystem::path directory_;
    RandomCommands random_;
    int restarts_ = 0;
    StreamFiles& files_;
    std::shared_ptr<journal::Environment> environment_;
    std::unique_ptr<journal::Writer> writer_;
    std::unique_ptr<sequencer::RecordFinder> finder_;
    std::unique_ptr<sequencer::Core> core_;
    journal::BlockBuilder block_{1 << 16};
    schema::SubmissionBuilder message_;
    schema::ReceiptsBuilder receipts_;
    json::Line line_;
    Stamp now_ = kStart;
};

}  // namespace

void run_stream(const std::filesystem::path& directory, std::uint64_t seed, std::size_t commands,
                StreamFiles& files) {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    const std::string name = R"({"stream":")" + std::to_string(seed) + "\"}\n";
    files.submissions += name;
    files.records += name;
    Stream stream{directory, seed, files};
    stream.run(commands);
    constexpr std::uint64_t kVerifiedOneIn = 50;
    if (seed % kVerifiedOneIn == 0) stream.verify();
}

}  // namespace daybook::oracle
