#include "bench/lag.h"

#include <utility>

#include "base/clock.h"
#include "bench/accounts.h"
#include "bench/process.h"
#include "bench/server.h"
#include "gateway/command_client.h"
#include "journal/reader.h"
#include "projector/balances.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;

// Longer than any lag that would still be one.
constexpr std::chrono::seconds kWaitMax{60};

Result<std::unique_ptr<gateway::CommandClient>> connect(const std::string& endpoint) {
    gateway::ClientOptions options;
    options.endpoint = endpoint;
    return gateway::CommandClient::connect(options);
}

Result<Histogram> measure_at_rest(const LagOptions& options) {
    StopSignals signals;
    const auto directory = TemporaryDirectory::create(options.load.place.dir);
    if (!directory) return std::unexpected{directory.error()};
    auto server = Server::start(options.load.place.binary, directory->path());
    if (!server) return std::unexpected{server.error()};
    const auto client = connect(server->endpoint());
    if (!client) return std::unexpected{client.error()};
    std::vector<OpenAccount> wanted(2);
    wanted[0].code = "lag:left";
    wanted[1].code = "lag:right";
    const auto accounts = open_accounts(**client, wanted);
    if (!accounts) return std::unexpected{accounts.error()};
    const auto balances = projector::Balances::open(server->data() / "projection");
    if (!balances) return std::unexpected{balances.error()};
    const KeySpace keys = KeySpace::start(SystemClock{}.now());

    Histogram lags;
    for (std::uint64_t i = 0; i < options.posts; ++i) {
        if (signals.has_come()) return fail(ErrorCode::try_again, "stopped");
        std::this_thread::sleep_for(options.pause);
        const auto receipt = (*client)->execute(
            Transfer{keys.key(i), (*accounts)[0], (*accounts)[1], Amount{1}, {}, {}});
        if (!receipt) return std::unexpected{receipt.error()};
        const auto answered = steady_clock::now();
        const auto view = (*balances)->wait_for(receipt->seq, kWaitMax);
        if (!view) return std::unexpected{view.error()};
        lags.add(steady_clock::now() - answered);
    }
    const auto stopped = server->stop();
    if (!stopped) return std::unexpected{stopped.error()};
    return lags;
}

}  // namespace

Result<std::unique_ptr<LagSampler>> LagSampler::start(const std::filesystem::path& data) {
    std::unique_ptr<LagSampler> sampler{new LagSampler{data}};
    sampler->thread_ = std::thread{[self = sampler.get()] { self->outcome_ = self->sample(); }};
    return sampler;
}

LagSampler::~LagSampler() {
    (void)stop();
}

Result<Histogram> LagSampler::stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    if (!outcome_) return std::unexpected{outcome_.error()};
    return all_;
}

Histogram LagSampler::take() {
    const std::lock_guard lock{mutex_};
    return std::exchange(latest_, {});
}

void LagSampler::note(std::chrono::nanoseconds lag) {
    all_.add(lag);
    const std::lock_guard lock{mutex_};
    latest_.add(lag);
}

Result<void> LagSampler::sample() {
    auto environment = journal::Environment::open(data_ / "journal", journal::Access::read_only);
    if (!environment) return std::unexpected{environment.error()};
    auto journal = journal::Snapshot::open(*environment);
    if (!journal) return std::unexpected{journal.error()};
    const auto balances = projector::Balances::open(data_ / "projection");
    if (!balances) return std::unexpected{balances.error()};
    while (!is_stopping_) {
        if (auto done = journal->refresh(); !done) return done;
        const auto seen = steady_clock::now();
        const auto view = (*balances)->wait_for(journal->head_seq(), kWaitMax);
        if (!view) return std::unexpected{view.error()};
        note(steady_clock::now() - seen);
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return {};
}

Result<Report> run_lag(const LagOptions& options) {
    const auto at_rest = measure_at_rest(options);
    if (!at_rest) return std::unexpected{at_rest.error()};
    auto load = options.load;
    load.samples_lag = true;
    load.has_floor = false;
    load.runs = 1;
    auto measured = run_transfers(load);
    if (!measured) return measured;
    Figures figures;
    figures.add_latency("lag_at_rest", *at_rest);
    for (const auto& [name, value] : measured->runs.front().all()) {
        if (name.starts_with("lag_")) figures.add("lag_under_load" + name.substr(3), value);
    }
    figures.add("load_transfers_per_second",
                measured->find("transfers_per_second").value_or(Spread{}).median);
    return Report{
        .workload = "lag", .runs = {std::move(figures)}, .findings = std::move(measured->findings)};
}

}  // namespace daybook::bench
