#include "bench/transfers.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "bench/accounts.h"
#include "bench/audit.h"
#include "bench/floor.h"
#include "bench/lag.h"
#include "bench/process.h"
#include "bench/server.h"
#include "bench/shared_array.h"
#include "bench/tenths.h"
#include "bench/transfer_producer.h"
#include "gateway/command_client.h"
#include "schema/message.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;

// The bench while it runs: everything to be tidied up is a member.
class TransferBench {
public:
    TransferBench(const TransfersOptions& options, SharedArray<TransferSheet> sheets)
        : options_{options},
          sheets_{std::move(sheets)},
          keys_{KeySpace::start(SystemClock{}.now())} {}

    Result<TransfersReport> run();

private:
    Result<void> start_server();
    Result<void> open_accounts();
    Result<void> start_producers();
    Result<bool> have_all_reached(Stage stage);
    Result<void> wait_for(Stage stage);
    Result<void> measure();
    Result<void> check_end();
    Result<void> measure_floor();
    Result<Seq> head() const;
    std::uint64_t accepted() const;

    const TransfersOptions& options_;
    TransfersReport report_;
    StopSignals stop_signals_;
    std::optional<TemporaryDirectory> directory_;
    std::optional<Server> server_;
    std::string endpoint_;
    std::filesystem::path data_;
    std::filesystem::path floor_directory_;
    SharedArray<TransferSheet> sheets_;
    KeySpace keys_;
    std::vector<AccountNumber> accounts_;
    Seq head_at_start_;
    std::uint64_t accepted_at_start_ = 0;
    Tenths tenths_;
    std::vector<Process> producers_;
};

Result<void> TransferBench::start_server() {
    auto directory = TemporaryDirectory::create(options_.dir);
    if (!directory) return std::unexpected{directory.error()};
    directory_.emplace(*std::move(directory));
    floor_directory_ = directory_->path() / "floor";
    endpoint_ = options_.endpoint;
    data_ = options_.data;
    if (!endpoint_.empty()) return {};
    auto server = Server::start(options_.binary, directory_->path());
    if (!server) return std::unexpected{server.error()};
    server_.emplace(*std::move(server));
    endpoint_ = server_->endpoint();
    data_ = server_->data();
    return {};
}

Result<Seq> TransferBench::head() const {
    gateway::ClientOptions options;
    options.endpoint = endpoint_;
    const auto client = gateway::CommandClient::connect(options);
    if (!client) return std::unexpected{client.error()};
    return (*client)->head_at_connect();
}

Result<void> TransferBench::open_accounts() {
    gateway::ClientOptions options;
    options.endpoint = endpoint_;
    const auto client = gateway::CommandClient::connect(options);
    if (!client) return std::unexpected{client.error()};
    std::vector<OpenAccount> wanted(options_.accounts);
    for (std::size_t i = 0; i < wanted.size(); ++i)
        wanted[i].code = "transfers:" + std::to_string(i);
    auto numbers = bench::open_accounts(**client, wanted);
    if (!numbers) return std::unexpected{numbers.error()};
    accounts_ = *std::move(numbers);
    return {};
}

// Only now that no client of ours is alive may processes be forked.
Result<void> TransferBench::start_producers() {
    const std::uint64_t per_producer =
        (options_.transfers + options_.producers - 1) / options_.producers;
    const std::uint64_t messages =
        std::max<std::uint64_t>((per_producer + options_.batch - 1) / options_.batch, 1);
    constexpr std::uint64_t kWarmUpShare = 10;
    for (unsigned i = 0; i < options_.producers; ++i) {
        const TransferShift shift{.endpoint = endpoint_,
                                  .batch = options_.batch,
                                  .window = options_.window,
                                  .warm_up_messages = messages / kWarmUpShare + 1,
                                  .messages = messages,
                                  .keys = keys_,
                                  .first_key = i,
                                  .key_step = options_.producers,
                                  .accounts = accounts_};
        auto producer = Process::fork_to(
            [&shift, &sheet = sheets_.all()[i]] { return produce_transfers(shift, sheet); });
        if (!producer) return std::unexpected{producer.error()};
        producers_.push_back(*std::move(producer));
    }
    report_.transfers = messages * options_.batch * options_.producers;
    return {};
}

std::uint64_t TransferBench::accepted() const {
    std::uint64_t sum = 0;
    for (const auto& sheet : sheets_.all())
        sum += sheet.accepted;
    return sum;
}

Result<bool> TransferBench::have_all_reached(Stage stage) {
    bool is_reached = true;
    for (std::size_t i = 0; i < producers_.size(); ++i) {
        const auto& sheet = sheets_.all()[i];
        const bool is_dead = !producers_[i].is_running();
        if (sheet.stage == Stage::has_failed) {
            return fail(ErrorCode::unreachable, std::string{sheet.error.data()});
        }
        if (is_dead && sheet.stage != Stage::has_finished) {
            return fail(ErrorCode::io_failed, "a producer ended too early");
        }
        is_reached = is_reached && sheet.stage.load() >= stage;
    }
    return is_reached;
}

Result<void> TransferBench::wait_for(Stage stage) {
    for (;;) {
        const auto is_reached = have_all_reached(stage);
        if (!is_reached) return std::unexpected{is_reached.error()};
        if (*is_reached) return {};
        if (stop_signals_.has_come()) return fail(ErrorCode::try_again, "stopped");
        if (server_ && !server_->is_running()) {
            return fail(ErrorCode::io_failed, "the server ended: " + server_->last_words());
        }
        if (stage == Stage::has_finished) {
            tenths_.note(accepted() - accepted_at_start_);
            if (options_.on_progress) options_.on_progress(accepted());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
}

Result<void> TransferBench::measure() {
    auto warm = wait_for(Stage::is_warm);
    if (!warm) return warm;
    std::unique_ptr<LagSampler> sampler;
    if (options_.samples_lag) {
        auto started = LagSampler::start(data_);
        if (!started) return std::unexpected{started.error()};
        sampler = *std::move(started);
    }
    const double cpu_before = server_ ? server_->cpu_seconds() : 0;
    accepted_at_start_ = accepted();
    const auto started = steady_clock::now();
    tenths_ = Tenths{report_.transfers, started};
    for (auto& sheet : sheets_.all())
        sheet.may_start = 1;
    auto finished = wait_for(Stage::has_finished);
    if (!finished) return finished;
    if (sampler) {
        const auto lag = sampler->stop();
        if (!lag) return std::unexpected{lag.error()};
        report_.lag = *lag;
    }
    if (server_) report_.server_cpu_seconds = server_->cpu_seconds() - cpu_before;
    steady_clock::time_point ended = started;
    for (const auto& sheet : sheets_.all()) {
        ended =
            std::max(ended, steady_clock::time_point{steady_clock::duration{sheet.finished_at}});
        report_.latency.merge(sheet.latency);
        report_.producers_cpu_seconds += sheet.cpu_seconds;
        if (sheet.others != 0) {
            report_.findings.push_back(std::to_string(sheet.others) +
                                       " transfers were not accepted");
        }
    }
    report_.elapsed = ended - started;
    report_.first_tenth_rate = tenths_.first_rate();
    report_.last_tenth_rate = tenths_.last_rate(ended);
    return {};
}

Result<void> TransferBench::check_end() {
    const auto head_at_end = head();
    if (!head_at_end) return std::unexpected{head_at_end.error()};
    const std::uint64_t grown = head_at_end->value() - head_at_start_.value();
    if (grown != accepted()) {
        report_.findings.push_back("the head moved by " + std::to_string(grown) + ", but " +
                                   std::to_string(accepted()) + " transfers were acknowledged");
    }
    if (data_.empty()) return {};
    const auto cut = read_projection(data_, *head_at_end, {});
    if (!cut) return std::unexpected{cut.error()};
    if (!cut->is_balanced) report_.findings.emplace_back("the trial balance is not zero");
    const auto size = measure_journal(data_, head_at_start_);
    if (!size) return std::unexpected{size.error()};
    if (size->records == 0) return {};
    report_.journal_bytes_per_transfer =
        static_cast<double>(size->bytes) / static_cast<double>(size->records);
    report_.transfers_per_block =
        static_cast<double>(size->records) / static_cast<double>(size->blocks);
    return {};
}

Result<void> TransferBench::measure_floor() {
    const double per_block = report_.transfers_per_block.value_or(0);
    const double block_bytes = report_.journal_bytes_per_transfer.value_or(0) * per_block;
    if (per_block == 0) return {};
    // Enough to be measured; the disk may not have room for all of it once more.
    constexpr double kFloorBytesMax = 4e9;
    const auto blocks =
        static_cast<std::uint64_t>(std::min(static_cast<double>(report_.transfers) / per_block,
                                            kFloorBytesMax / block_bytes)) +
        1;
    const auto took = append_bare(floor_directory_, blocks, static_cast<std::size_t>(block_bytes));
    if (!took) return std::unexpected{took.error()};
    const std::chrono::duration<double> seconds = *took;
    report_.floor_rate = static_cast<double>(blocks) * per_block / seconds.count();
    return {};
}

Result<TransfersReport> TransferBench::run() {
    const auto steps = {&TransferBench::start_server, &TransferBench::open_accounts};
    for (const auto step : steps) {
        const auto done = (this->*step)();
        if (!done) return std::unexpected{done.error()};
    }
    const auto at_start = head();
    if (!at_start) return std::unexpected{at_start.error()};
    head_at_start_ = *at_start;
    for (const auto step : {&TransferBench::start_producers, &TransferBench::measure,
                            &TransferBench::check_end, &TransferBench::measure_floor}) {
        const auto done = (this->*step)();
        if (!done) return std::unexpected{done.error()};
    }
    if (!server_) return std::move(report_);
    const auto stopped = server_->stop();
    if (!stopped) report_.findings.push_back(stopped.error().detail);
    return std::move(report_);
}

}  // namespace

Result<TransfersReport> run_transfers(const TransfersOptions& options) {
    if (options.batch < 1 || options.batch > schema::kCommandsMax) {
        return fail(ErrorCode::usage, "--batch is 1 to 8190");
    }
    if (options.accounts < 2 || options.producers < 1 || options.window < 1) {
        return fail(ErrorCode::usage,
                    "it takes at least 2 accounts, 1 producer and a window of 1 message");
    }
    auto sheets = SharedArray<TransferSheet>::create(options.producers);
    if (!sheets) return std::unexpected{sheets.error()};
    return TransferBench{options, *std::move(sheets)}.run();
}

}  // namespace daybook::bench
