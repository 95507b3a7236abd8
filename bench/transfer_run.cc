#include "bench/transfer_run.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "bench/audit.h"
#include "bench/closed_loop.h"
#include "bench/crew.h"
#include "bench/lag.h"
#include "bench/tenths.h"
#include "bench/transfer_cargo.h"
#include "bench/transfer_floor.h"
#include "schema/receipts.h"
#include "schema/submission.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;

// gateway::ClientOptions says why.
constexpr std::size_t kWindowMax = 32;

// One transfer a message, each client with its own connection.
Result<void> ask_and_wait(LoopShift shift, const Id128& book, TransferMaker maker, Sheet& sheet) {
    schema::SubmissionBuilder builder;
    Transfer transfer;
    shift.ask = [&](std::uint64_t number) {
        builder.begin(schema::MessageKind::transfers, book, number);
        maker.make(transfer);
        builder.add_transfer(transfer);
        return builder.message();
    };
    shift.take = [&](Bytes answer) -> Result<void> {
        const auto receipts = schema::decode_receipts(answer);
        if (!receipts || receipts->size() != 1)
            return fail(ErrorCode::damaged, "an answer is not one receipt");
        const bool is_accepted = receipts->front().verdict == Verdict::accepted;
        ++(is_accepted ? sheet.done : sheet.others);
        return {};
    };
    return run_closed_loop(shift, sheet);
}

class TransferRun {
public:
    TransferRun(const TransfersOptions& options, Target& target,
                std::span<const AccountNumber> accounts, std::vector<std::string>& findings)
        : options_{options},
          target_{target},
          accounts_{accounts},
          findings_{findings},
          choice_{options.distribution, accounts.size()},
          keys_{KeySpace::start(SystemClock{}.now())} {}

    Result<Figures> run();

private:
    Result<void> hire(Crew& crew);
    Result<void> measure(Crew& crew);
    Result<void> check_end(const Crew& crew);
    bool has_clients() const { return options_.clients > 0; }
    std::size_t window() const {
        if (options_.window > 0) return options_.window;
        return has_clients() ? 1 : 4;
    }
    std::size_t batch() const { return has_clients() ? 1 : options_.batch; }
    unsigned processes() const {
        return has_clients() ? static_cast<unsigned>(
                                   std::min<std::size_t>(options_.producers, options_.clients))
                             : options_.producers;
    }

    const TransfersOptions& options_;
    Target& target_;
    std::span<const AccountNumber> accounts_;
    std::vector<std::string>& findings_;
    AccountChoice choice_;
    KeySpace keys_;
    Id128 book_;
    Seq head_at_start_;
    std::uint64_t messages_ = 0;  // measured ones, of one process
    double per_transfer_ = 1;     // one by how many there are
    Figures figures_;
    FloorShape floor_;
};

Result<void> TransferRun::hire(Crew& crew) {
    const std::uint64_t step = batch() * processes();
    messages_ = std::max<std::uint64_t>((options_.transfers + step - 1) / step, 1);
    per_transfer_ = 1 / static_cast<double>(messages_ * step);
    const std::uint64_t warm_up = messages_ / 10 + 1;
    const auto maker = [&](unsigned producer) {
        return TransferMaker{KeyShare{keys_, producer, processes()}, choice_, accounts_};
    };
    if (!has_clients()) {
        const WindowedShift shift{.endpoint = target_.endpoint(),
                                  .window = window(),
                                  .warm_up_messages = warm_up,
                                  .messages = messages_};
        const double rate = static_cast<double>(options_.rate) / static_cast<double>(batch());
        return hire_windowed(crew, processes(), shift, rate, [&](unsigned i) {
            return std::make_unique<TransferCargo>(batch(), maker(i));
        });
    }
    for (unsigned i = 0; i < processes(); ++i) {
        const LoopShift shift{.endpoint = target_.endpoint(),
                              .sockets = (options_.clients + i) / processes(),
                              .window = window(),
                              .warm_up_messages = warm_up,
                              .messages = messages_};
        auto hired =
            crew.hire([&](Sheet& sheet) { return ask_and_wait(shift, book_, maker(i), sheet); });
        if (!hired) return hired;
    }
    return {};
}

Result<void> TransferRun::measure(Crew& crew) {
    auto warm = crew.wait_for(Stage::is_warm, [&] { return target_.watch(); });
    if (!warm) return warm;
    std::unique_ptr<LagSampler> sampler;
    if (options_.samples_lag) {
        auto started = LagSampler::start(target_.data());
        if (!started) return std::unexpected{started.error()};
        sampler = *std::move(started);
    }
    const Server* server = target_.own_server();
    const auto before = server != nullptr ? server->usage() : Usage{};
    const std::uint64_t done_before = crew.done();
    const std::uint64_t total = messages_ * batch() * processes();
    const auto started = crew.start();
    Tenths tenths{total, started};
    auto finished = crew.wait_for(Stage::has_finished, [&] {
        tenths.note(crew.done() - done_before);
        if (options_.on_progress) options_.on_progress(crew.done() - done_before);
        return target_.watch();
    });
    if (!finished) return finished;
    const auto after = server != nullptr ? server->usage() : Usage{};
    const std::chrono::duration<double> elapsed = crew.finished_at() - started;
    const double rate = static_cast<double>(total) / elapsed.count();
    figures_.add("transfers_per_second", rate);
    figures_.add("first_tenth_per_second", tenths.first_rate());
    figures_.add("last_tenth_per_second", tenths.last_rate(crew.finished_at()));
    figures_.add_latency("message", crew.latency());
    figures_.add("producers_cpu_us_per_transfer", crew.cpu_seconds() * 1e6 * per_transfer_);
    if (server != nullptr) {
        figures_.add("server_cpu_us_per_transfer",
                     (after.cpu_seconds - before.cpu_seconds) * 1e6 * per_transfer_);
        figures_.add("written_bytes_per_transfer",
                     (after.written_bytes - before.written_bytes) * per_transfer_);
    }
    if (sampler) {
        const auto lag = sampler->stop();
        if (!lag) return std::unexpected{lag.error()};
        figures_.add_latency("lag", *lag);
    }
    if (options_.rate > 0 && rate < 0.95 * static_cast<double>(options_.rate)) {
        findings_.push_back("the server did not keep up: " + std::to_string(options_.rate) +
                            " transfers a second were asked of it, it did " +
                            std::to_string(static_cast<std::uint64_t>(rate)));
    }
    return {};
}

Result<void> TransferRun::check_end(const Crew& crew) {
    if (crew.others() != 0) {
        findings_.push_back(std::to_string(crew.others()) + " transfers were not accepted");
    }
    const auto head = target_.head();
    if (!head) return std::unexpected{head.error()};
    const std::uint64_t grown = head->value() - head_at_start_.value();
    if (grown != crew.done()) {
        findings_.push_back("the head moved by " + std::to_string(grown) + ", but " +
                            std::to_string(crew.done()) + " transfers were acknowledged");
    }
    const auto wrong = target_.settle();
    if (!wrong) return std::unexpected{wrong.error()};
    findings_.insert(findings_.end(), wrong->begin(), wrong->end());
    if (target_.data().empty()) return {};
    const auto size = measure_journal(target_.data(), head_at_start_);
    if (!size) return std::unexpected{size.error()};
    if (size->records == 0) return {};
    const auto records = static_cast<double>(size->records);
    figures_.add("journal_bytes_per_transfer", static_cast<double>(size->bytes) / records);
    figures_.add("transfers_per_block", records / static_cast<double>(size->blocks));
    floor_.blocks = size->blocks;
    floor_.block_bytes = size->bytes / size->blocks;
    floor_.transfers_per_block = records / static_cast<double>(size->blocks);
    return {};
}

Result<Figures> TransferRun::run() {
    const auto book = target_.book();
    if (!book) return std::unexpected{book.error()};
    book_ = *book;
    const auto head = target_.head();
    if (!head) return std::unexpected{head.error()};
    head_at_start_ = *head;
    auto crew = Crew::create(processes());
    if (!crew) return std::unexpected{crew.error()};
    for (const auto step : {&TransferRun::hire, &TransferRun::measure}) {
        const auto done = (this->*step)(*crew);
        if (!done) return std::unexpected{done.error()};
    }
    const auto checked = check_end(*crew);
    if (!checked) return std::unexpected{checked.error()};
    if (!options_.has_floor) return std::move(figures_);
    floor_.batch = batch();
    floor_.echo = {.processes = processes(),
                   .sockets = has_clients() ? options_.clients : processes(),
                   .window = window(),
                   .messages = messages_ * processes(),
                   .asked_bytes = schema::kMessageHeaderBytes + batch() * schema::kTransferBytes,
                   .answer_bytes = schema::kMessageHeaderBytes + batch() * schema::kReceiptBytes};
    const auto measured = measure_floor(floor_, target_, figures_);
    if (!measured) return std::unexpected{measured.error()};
    return std::move(figures_);
}

}  // namespace

Result<void> check(const TransfersOptions& options) {
    const auto wrong = [](const char* why) { return fail(ErrorCode::usage, why); };
    if (options.batch < 1 || options.batch > schema::kCommandsMax)
        return wrong("--batch is 1 to 8190");
    if (options.accounts < 2) return wrong("--accounts is at least 2: a transfer needs two");
    if (options.producers < 1 || options.producers > 64) return wrong("--producers is 1 to 64");
    if (options.window > kWindowMax)
        return wrong("--window is at most 32: past it a server may drop answers");
    if (options.runs < 1) return wrong("--runs is at least 1");
    if (options.clients > 10'000) return wrong("--clients is at most 10000");
    if (options.clients > 0 && options.rate > 0)
        return wrong("--rate and --clients exclude each other: who waits for answers has no rate");
    return {};
}

double bytes_written_by(const TransfersOptions& options) {
    // A transfer's record, its key in the state, what the journal's pages leave empty; a warm-up.
    constexpr double kBytes = 450;
    // Messages of one transfer share blocks; the fewer share one, the more of its page is empty.
    constexpr double kBytesAlone = 4096;
    constexpr double kFloorBytes = 2e9;
    const bool is_alone = options.clients > 0 && options.clients < 16;
    const auto transfers = static_cast<double>(options.transfers) * options.runs * 1.1;
    return transfers * (is_alone ? kBytesAlone : kBytes) +
           static_cast<double>(options.accounts) * kBytes + (options.has_floor ? kFloorBytes : 0);
}

Result<Figures> run_transfers_once(const TransfersOptions& options, Target& target,
                                   std::span<const AccountNumber> accounts,
                                   std::vector<std::string>& findings) {
    return TransferRun{options, target, accounts, findings}.run();
}

}  // namespace daybook::bench
