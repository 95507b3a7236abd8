#include "bench/cost.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "bench/accounts.h"
#include "bench/environment.h"
#include "bench/process.h"
#include "bench/random.h"
#include "bench/server.h"
#include "gateway/key.h"
#include "journal/reader.h"
#include "journal/recent_pages.h"
#include "journal/sealer.h"
#include "journal/writer.h"
#include "projector/projector.h"
#include "schema/receipts.h"
#include "schema/submission.h"
#include "sequencer/core.h"

namespace daybook::bench {

namespace {

using schema::MessageKind;
using std::chrono::steady_clock;

// How long one step has taken in all.
class Step {
public:
    template <typename Work>
    auto operator()(Work&& work) {
        const auto started = steady_clock::now();
        auto result = std::forward<Work>(work)();
        took_ += steady_clock::now() - started;
        return result;
    }
    double nanoseconds(std::uint64_t transfers) const {
        return std::chrono::duration<double, std::nano>(took_).count() /
               static_cast<double>(transfers);
    }

private:
    steady_clock::duration took_{0};
};

// A producer, the deciding thread and the committer in one, by turns.
class Line {
public:
    static Result<std::unique_ptr<Line>> open(const std::filesystem::path& directory) {
        const Stamp now = SystemClock{}.now();
        const auto journal = directory / "journal";
        auto made = journal::Environment::create(journal, gateway::new_key(now), now);
        if (!made) return std::unexpected{made.error()};
        auto environment = journal::Environment::open(journal, journal::Access::read_write);
        if (!environment) return std::unexpected{environment.error()};
        auto writer = journal::Writer::open(*environment);
        if (!writer) return std::unexpected{writer.error()};
        auto snapshot = journal::Snapshot::open(*environment);
        if (!snapshot) return std::unexpected{snapshot.error()};
        auto finder = sequencer::RecordFinder::open(*environment);
        if (!finder) return std::unexpected{finder.error()};
        return std::unique_ptr<Line>{new Line{*std::move(environment), *std::move(writer),
                                              *std::move(snapshot), *std::move(finder)}};
    }

    const std::shared_ptr<journal::Environment>& journal() const { return environment_; }

    Result<void> open_accounts(std::uint64_t count) {
        constexpr std::uint64_t kAtOnce = 1000;
        message_.begin(MessageKind::commands, environment_->book(), 1);
        CHECK_INVARIANT(message_.add_command(DefineAsset{next_key(), kAsset, 2}), "it fits");
        for (std::uint64_t i = 1; i <= count; ++i) {
            const bool has_room = message_.add_command(OpenAccount{
                next_key(), "cost:" + std::to_string(i), kAsset, AccountType::liability, {}});
            CHECK_INVARIANT(has_room, "a thousand accounts fit a message");
            if (i % kAtOnce != 0 && i != count) continue;
            if (auto done = execute(message_.message()); !done) return done;
            if (auto done = commit(); !done) return done;
            message_.begin(MessageKind::commands, environment_->book(), 1);
        }
        return {};
    }

    Result<void> run_block(const CostOptions& options) {
        for (std::size_t i = 0; i < options.messages_per_block; ++i) {
            choose(options.accounts);
            const Bytes message = encode_([&] { return encode(); });
            if (auto done = decide_([&] { return execute(message); }); !done) return done;
            answer_.resize(receipts_.message_bytes());
            receipt_([&] {
                receipts_.write(core_.head(), answer_);
                return true;
            });
            const auto receipts = read_([&] { return schema::decode_receipts(answer_); });
            CHECK_INVARIANT(receipts.has_value(), "our own answer can be read");
            transfers_ += batch_.size();
        }
        // As the writer will once more: what sealing takes of what appending takes.
        seal_([&] {
            journal::BlockSealer sealer{environment_->book()};
            return sealer.seal(block_).stored.size();
        });
        if (auto done = append_([&] { return commit(); }); !done) return done;
        return let_go_([&] { return read_back(); });
    }

    Figures figures(Step project) const {
        Figures figures;
        const auto add = [&](const char* name, const Step& step) {
            figures.add(name, step.nanoseconds(transfers_));
        };
        add("encode_ns", encode_);
        add("decide_and_record_ns", decide_);
        add("write_receipts_ns", receipt_);
        add("read_receipts_ns", read_);
        add("seal_ns", seal_);
        figures.add("append_ns", append_.nanoseconds(transfers_) - seal_.nanoseconds(transfers_));
        add("map_and_let_go_ns", let_go_);
        add("project_ns", project);
        return figures;
    }

private:
    Line(std::shared_ptr<journal::Environment> environment, std::unique_ptr<journal::Writer> writer,
         journal::Snapshot snapshot, sequencer::RecordFinder finder)
        : environment_{std::move(environment)},
          writer_{std::move(writer)},
          snapshot_{std::move(snapshot)},
          finder_{std::move(finder)},
          batch_(schema::kCommandsMax) {
        begin();
    }

    void begin() {
        block_.begin(core_.next_seq(), std::max(writer_->head().stamp, SystemClock{}.now()));
        finder_.set_blocks(&block_, nullptr);
    }
    Id128 next_key() { return keys_.key(made_++); }

    void choose(std::uint64_t accounts) {
        for (Transfer& transfer : batch_) {
            const std::uint64_t debit = random_.below(accounts);
            transfer.key = next_key();
            transfer.debit = AccountNumber{debit + 1};
            transfer.credit =
                AccountNumber{(debit + 1 + random_.below(accounts - 1)) % accounts + 1};
            transfer.amount = Amount{0, 1 + random_.below(1000)};
        }
    }
    Bytes encode() {
        message_.begin(MessageKind::transfers, environment_->book(), 1);
        for (const Transfer& transfer : batch_)
            CHECK_INVARIANT(message_.add_transfer(transfer), "a full message is not too long");
        return message_.message();
    }
    Result<void> execute(Bytes message) {
        const auto submission = schema::SubmissionView::parse(message, environment_->book());
        CHECK_INVARIANT(submission.has_value(), "our own message can be read");
        receipts_.begin(submission->header(), environment_->book());
        std::size_t done = 0;
        return core_.execute(*submission, kLoopbackProducer, block_, receipts_, done);
    }
    Result<void> commit() {
        const auto appended = writer_->append(block_);
        if (!appended) return std::unexpected{appended.error()};
        begin();
        return {};
    }
    // As the projector does: memory that is used again costs less than new memory.
    Result<void> read_back() {
        if (auto done = snapshot_.refresh(); !done) return done;
        const auto block = snapshot_.block_of(snapshot_.head_seq());
        if (!block) return std::unexpected{block.error()};
        constexpr std::size_t kPage = 4096;
        const Bytes stored = (*block)->stored();
        for (std::size_t i = 0; i < stored.size(); i += kPage)
            touched_ = stored[i];
        recent_.add(**block);
        return {};
    }

    std::shared_ptr<journal::Environment> environment_;
    std::unique_ptr<journal::Writer> writer_;
    journal::Snapshot snapshot_;
    journal::RecentPages recent_{std::size_t{256} << 20};
    volatile std::byte touched_{};
    sequencer::RecordFinder finder_;
    sequencer::Core core_{finder_};
    journal::BlockBuilder block_{sequencer::kBlockBytesMax};
    schema::SubmissionBuilder message_;
    schema::ReceiptsBuilder receipts_;
    std::vector<Transfer> batch_;
    std::vector<std::byte> answer_;
    KeySpace keys_ = KeySpace::start(SystemClock{}.now());
    Random random_{1};
    std::uint64_t made_ = 0;
    std::uint64_t transfers_ = 0;
    Step encode_, decide_, receipt_, read_, seal_, append_, let_go_;
};

Result<Figures> run_once(const CostOptions& options, StopSignals& signals) {
    auto directory = TemporaryDirectory::create(options.dir);
    if (!directory) return std::unexpected{directory.error()};
    auto line = Line::open(directory->path());
    if (!line) return std::unexpected{line.error()};
    if (auto done = (*line)->open_accounts(options.accounts); !done)
        return std::unexpected{done.error()};
    const std::uint64_t per_block = options.messages_per_block * schema::kCommandsMax;
    for (std::uint64_t done = 0; done < options.transfers; done += per_block) {
        if (signals.has_come()) return fail(ErrorCode::try_again, "stopped by a signal");
        if (auto ran = (*line)->run_block(options); !ran) return std::unexpected{ran.error()};
        if (options.on_progress) options.on_progress(done);
    }
    const auto projector =
        projector::Projector::open((*line)->journal(), directory->path() / "projection");
    if (!projector) return std::unexpected{projector.error()};
    Step project;
    if (auto done = project([&] { return (*projector)->catch_up(); }); !done)
        return std::unexpected{done.error()};
    return (*line)->figures(project);
}

}  // namespace

Result<Report> run_cost(const CostOptions& options) {
    if (options.accounts < 2 || options.messages_per_block < 1 || options.messages_per_block > 4)
        return fail(ErrorCode::usage, "it takes 2 accounts, and 1 to 4 messages a block");
    constexpr double kBytesPerTransfer = 500;
    const auto room =
        check_room(options.dir, kBytesPerTransfer * static_cast<double>(options.transfers));
    if (!room) return std::unexpected{room.error()};
    StopSignals signals;
    Report report{.workload = "cost", .runs = {}};
    for (unsigned i = 0; i < options.runs; ++i) {
        auto figures = run_once(options, signals);
        if (!figures) return std::unexpected{figures.error()};
        report.runs.push_back(*std::move(figures));
    }
    return report;
}

}  // namespace daybook::bench
