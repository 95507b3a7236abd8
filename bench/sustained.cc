#include "bench/sustained.h"

#include <chrono>
#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "bench/audit.h"
#include "bench/crew.h"
#include "bench/lag.h"
#include "bench/transfer_cargo.h"
#include "schema/message.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double kGigabyte = 1e9;
constexpr double kMebibyte = 1 << 20;
constexpr unsigned kParts = 10;

// What is known at one time.
struct Sample {
    steady_clock::time_point at;
    std::uint64_t done = 0;
    double journal_bytes = 0;
};

class SustainedRun {
public:
    SustainedRun(const SustainedOptions& options, Target& target)
        : options_{options}, target_{target} {}

    Result<Report> run();

private:
    Result<void> measure(Crew& crew);
    Result<void> finish(const Crew& crew);
    void look(Crew& crew);
    void end_part(const Sample& now);
    Sample sample(const Crew& crew) const;
    // How much of the whole is done, 0 to 1.
    double progress(const Sample& now) const;

    const SustainedOptions& options_;
    Target& target_;
    Report report_{.workload = "sustained", .runs = {}};
    std::unique_ptr<LagSampler> sampler_;
    Seq head_at_start_;
    Sample start_;
    Sample part_;  // where it started
    Sample last_;
    bool is_ending_ = false;
};

Sample SustainedRun::sample(const Crew& crew) const {
    Sample now{steady_clock::now(), crew.done()};
    std::error_code ignored;
    if (target_.data().empty()) return now;
    const auto size = std::filesystem::file_size(target_.data() / "journal" / "data.mdb", ignored);
    now.journal_bytes = ignored ? 0 : static_cast<double>(size);
    return now;
}

double SustainedRun::progress(const Sample& now) const {
    if (options_.gigabytes > 0) {
        return (now.journal_bytes - start_.journal_bytes) /
               (static_cast<double>(options_.gigabytes) * kGigabyte);
    }
    return Seconds{now.at - start_.at}.count() / static_cast<double>(options_.seconds);
}

void SustainedRun::end_part(const Sample& now) {
    const Seconds elapsed = now.at - part_.at;
    const auto done = static_cast<double>(now.done - part_.done);
    Figures figures;
    figures.add("seconds", elapsed.count());
    figures.add("transfers_per_second", done / elapsed.count());
    if (auto* server = target_.own_server()) {
        const auto usage = server->usage();
        figures.add("memory_mib", usage.memory_bytes / kMebibyte);
        figures.add("mapped_mib", usage.mapped_bytes / kMebibyte);
    }
    if (sampler_) {
        const auto lag = sampler_->take();
        figures.add("journal_gb", now.journal_bytes / kGigabyte);
        figures.add("lag_p50_ms", milliseconds_of(lag.quantile(0.5)));
        figures.add("lag_max_ms", milliseconds_of(lag.max()));
    }
    report_.parts.push_back(std::move(figures));
    part_ = now;
}

void SustainedRun::look(Crew& crew) {
    if (is_ending_) return;
    last_ = sample(crew);
    const double share = progress(last_);
    if (options_.on_progress) {
        const double whole = options_.gigabytes > 0 ? static_cast<double>(options_.gigabytes) * 1000
                                                    : static_cast<double>(options_.seconds);
        options_.on_progress(static_cast<std::uint64_t>(share * whole));
    }
    if (share * kParts < static_cast<double>(report_.parts.size() + 1)) return;
    end_part(last_);
    if (report_.parts.size() < kParts) return;
    is_ending_ = true;
    crew.end();
}

Result<void> SustainedRun::measure(Crew& crew) {
    auto warm = crew.wait_for(Stage::is_warm, [&] { return target_.watch(); });
    if (!warm) return warm;
    if (!target_.data().empty()) {
        auto started = LagSampler::start(target_.data());
        if (!started) return std::unexpected{started.error()};
        sampler_ = *std::move(started);
    }
    start_ = sample(crew);
    start_.at = crew.start();
    part_ = start_;
    return crew.wait_for(Stage::has_finished, [&] {
        look(crew);
        return target_.watch();
    });
}

Result<void> SustainedRun::finish(const Crew& crew) {
    Figures figures;
    const Seconds elapsed = last_.at - start_.at;
    const auto done = static_cast<double>(last_.done - start_.done);
    const double rate = done / elapsed.count();
    const double first = report_.parts.front().find("transfers_per_second").value_or(0);
    const double last = report_.parts.back().find("transfers_per_second").value_or(0);
    figures.add("seconds", elapsed.count());
    figures.add("transfers", done);
    figures.add("transfers_per_second", rate);
    figures.add("last_tenth_by_first", last / first);
    figures.add_latency("message", crew.latency());
    auto& findings = report_.findings;
    if (last < 0.9 * first) {
        findings.push_back(fmt::format(
            "not flat: {:.0f}/s in the first tenth, {:.0f}/s in the last", first, last));
    }
    if (options_.rate > 0 && rate < 0.95 * static_cast<double>(options_.rate)) {
        findings.push_back(fmt::format(
            "the server did not keep up: asked for {}/s, it did {:.0f}/s", options_.rate, rate));
    }
    if (crew.others() != 0)
        findings.push_back(fmt::format("{} transfers were not accepted", crew.others()));
    if (sampler_) {
        const auto ended = steady_clock::now();
        const auto wrong = target_.settle();
        if (!wrong) return std::unexpected{wrong.error()};
        findings.insert(findings.end(), wrong->begin(), wrong->end());
        const Seconds lag_at_end = steady_clock::now() - ended;
        const auto lag = sampler_->stop();
        if (!lag) return std::unexpected{lag.error()};
        const auto size = measure_journal(target_.data(), head_at_start_);
        if (!size) return std::unexpected{size.error()};
        figures.add("journal_bytes_per_transfer",
                    static_cast<double>(size->bytes) / static_cast<double>(size->records));
        figures.add_latency("lag", *lag);
        figures.add("lag_at_end_ms", lag_at_end.count() * 1000);
        if (lag_at_end > Seconds{1}) {
            findings.push_back(
                fmt::format("the projection was {:.1f} s behind at the end", lag_at_end.count()));
        }
    }
    if (const auto memory = report_.parts.back().find("memory_mib"))
        figures.add("memory_mib_at_end", *memory);
    report_.runs.push_back(std::move(figures));
    return {};
}

Result<Report> SustainedRun::run() {
    const auto accounts = target_.open_accounts(options_.accounts);
    if (!accounts) return std::unexpected{accounts.error()};
    const auto head = target_.head();
    if (!head) return std::unexpected{head.error()};
    head_at_start_ = *head;
    auto crew = Crew::create(options_.producers);
    if (!crew) return std::unexpected{crew.error()};
    const AccountChoice choice{Distribution::uniform, accounts->size()};
    const KeySpace keys = KeySpace::start(SystemClock{}.now());
    const WindowedShift shift{
        .endpoint = target_.endpoint(), .window = options_.window, .warm_up_messages = 20};
    const double rate = static_cast<double>(options_.rate) / static_cast<double>(options_.batch);
    const auto hired = hire_windowed(*crew, options_.producers, shift, rate, [&](unsigned i) {
        return std::make_unique<TransferCargo>(
            options_.batch, TransferMaker{{keys, i, options_.producers}, choice, *accounts});
    });
    if (!hired) return std::unexpected{hired.error()};
    const auto measured = measure(*crew);
    if (!measured) return std::unexpected{measured.error()};
    const auto finished = finish(*crew);
    if (!finished) return std::unexpected{finished.error()};
    return std::move(report_);
}

// On the disk, with the state and the projection beside the journal.
double bytes_written_by(const SustainedOptions& options) {
    constexpr double kBytesPerTransfer = 500;
    constexpr double kFullRate = 1'500'000;  // nobody is faster
    if (options.gigabytes > 0) return static_cast<double>(options.gigabytes) * kGigabyte * 1.3;
    const double rate = options.rate > 0 ? static_cast<double>(options.rate) : kFullRate;
    return rate * static_cast<double>(options.seconds) * kBytesPerTransfer;
}

}  // namespace

Result<Report> run_sustained(const SustainedOptions& options) {
    if (options.batch < 1 || options.batch > schema::kCommandsMax || options.accounts < 2 ||
        options.producers < 1 || options.window < 1 || options.window > 32) {
        return fail(ErrorCode::usage,
                    "it takes a --batch of 1 to 8190, at least 2 accounts, 1 producer and a "
                    "--window of 1 to 32");
    }
    if (options.gigabytes > 0 && !options.place.endpoint.empty() && options.place.data.empty()) {
        return fail(ErrorCode::usage, "--until-gigabytes needs the running server's --data");
    }
    const auto target = Target::start(options.place, bytes_written_by(options));
    if (!target) return std::unexpected{target.error()};
    auto report = SustainedRun{options, **target}.run();
    if (!report) return report;
    const auto stopped = (*target)->stop();
    if (!stopped) report->findings.push_back(stopped.error().detail);
    return report;
}

}  // namespace daybook::bench
