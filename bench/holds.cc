#include "bench/holds.h"

#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "bench/audit.h"
#include "bench/crew.h"
#include "bench/hold_cargo.h"
#include "schema/message.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class HoldsRun {
public:
    HoldsRun(const HoldsOptions& options, Target& target, std::span<const AccountNumber> accounts,
             Uint128 held_before, std::vector<std::string>& findings)
        : options_{options},
          target_{target},
          accounts_{accounts},
          held_before_{held_before},
          findings_{findings} {}

    Result<Figures> run();
    // What is held when it is over.
    Uint128 held() const { return held_; }

private:
    Result<void> hire(Crew& crew);
    Result<void> measure(Crew& crew);
    Result<void> check_end(const Crew& crew);

    const HoldsOptions& options_;
    Target& target_;
    std::span<const AccountNumber> accounts_;
    Uint128 held_before_;
    Uint128 held_ = 0;
    std::vector<std::string>& findings_;
    AccountChoice choice_{Distribution::uniform, accounts_.size()};
    KeySpace keys_ = KeySpace::start(SystemClock{}.now());
    Seq head_at_start_;
    Figures figures_;
};

std::uint64_t count(const Crew& crew, HoldCount which) {
    return crew.count(static_cast<std::size_t>(which));
}

Result<void> HoldsRun::hire(Crew& crew) {
    const WindowedShift shift{
        .endpoint = target_.endpoint(), .window = options_.window, .warm_up_messages = 20};
    return hire_windowed(crew, options_.producers, shift, 0, [&](unsigned i) {
        const HoldCargo::Shape shape{options_.batch, options_.share,
                                     std::chrono::milliseconds{options_.expire_ms}};
        return std::make_unique<HoldCargo>(
            shape, TransferMaker{{keys_, i, options_.producers}, choice_, accounts_},
            crew.sheet(i));
    });
}

Result<void> HoldsRun::measure(Crew& crew) {
    auto warm = crew.wait_for(Stage::is_warm, [&] { return target_.watch(); });
    if (!warm) return warm;
    auto* server = target_.own_server();
    const auto before = server != nullptr ? server->usage() : Usage{};
    const std::uint64_t done_before = crew.done();
    const auto started = crew.start();
    auto finished = crew.wait_for(Stage::has_finished, [&] {
        const std::uint64_t done = crew.done() - done_before;
        if (options_.on_progress) options_.on_progress(done);
        if (done >= options_.commands) crew.end();
        return target_.watch();
    });
    if (!finished) return finished;
    const auto after = server != nullptr ? server->usage() : Usage{};
    const Seconds elapsed = crew.finished_at() - started;
    const auto done = static_cast<double>(crew.done() - done_before);
    figures_.add("commands_per_second", done / elapsed.count());
    figures_.add_latency("message", crew.latency());
    figures_.add("producers_cpu_us_per_command", crew.cpu_seconds() * 1e6 / done);
    if (server != nullptr) {
        figures_.add("server_cpu_us_per_command",
                     (after.cpu_seconds - before.cpu_seconds) * 1e6 / done);
    }
    figures_.add("placed", static_cast<double>(count(crew, HoldCount::placed)));
    figures_.add("captured", static_cast<double>(count(crew, HoldCount::captured)));
    figures_.add("released", static_cast<double>(count(crew, HoldCount::released)));
    return {};
}

Result<void> HoldsRun::check_end(const Crew& crew) {
    if (crew.others() != 0)
        findings_.push_back(fmt::format("{} commands were not accepted", crew.others()));
    if (target_.data().empty()) return {};
    held_ = held_before_ + count(crew, HoldCount::held);
    const std::uint64_t expected = crew.done() + count(crew, HoldCount::left);
    const auto until = steady_clock::now() + std::chrono::milliseconds{options_.expire_ms} +
                       std::chrono::seconds{10};
    for (;;) {
        const auto watched = target_.watch();
        if (!watched) return watched;
        const auto head = target_.head();
        if (!head) return std::unexpected{head.error()};
        const auto cut = read_projection(target_.data(), *head, {});
        if (!cut) return std::unexpected{cut.error()};
        const std::uint64_t grown = head->value() - head_at_start_.value();
        const bool is_settled = cut->held == held_ && grown == expected;
        if (!is_settled && steady_clock::now() < until) {
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
            continue;
        }
        figures_.add("expired", static_cast<double>(grown - crew.done()));
        if (!cut->is_balanced) findings_.emplace_back("the trial balance is not zero");
        if (grown != expected) {
            findings_.push_back(fmt::format("{} holds were left to expire, {} did",
                                            count(crew, HoldCount::left), grown - crew.done()));
        }
        if (cut->held != held_) findings_.emplace_back("what is held is not what was placed");
        return {};
    }
}

Result<Figures> HoldsRun::run() {
    const auto head = target_.head();
    if (!head) return std::unexpected{head.error()};
    head_at_start_ = *head;
    auto crew = Crew::create(options_.producers);
    if (!crew) return std::unexpected{crew.error()};
    for (const auto step : {&HoldsRun::hire, &HoldsRun::measure}) {
        const auto done = (this->*step)(*crew);
        if (!done) return std::unexpected{done.error()};
    }
    const auto checked = check_end(*crew);
    if (!checked) return std::unexpected{checked.error()};
    return std::move(figures_);
}

}  // namespace

Result<Report> run_holds(const HoldsOptions& options) {
    if (options.batch < 1 || options.batch > schema::kCommandsMax || options.accounts < 2 ||
        options.producers < 1 || options.window < 1 || options.window > 32 || options.runs < 1 ||
        options.share > 100) {
        return fail(ErrorCode::usage,
                    "it takes a --batch of 1 to 8190, at least 2 accounts, 1 producer, a --window "
                    "of 1 to 32, 1 run, and a --share of 0 to 100");
    }
    constexpr double kBytes = 900;  // a command's, on the disk
    const auto target =
        Target::start(options.place, kBytes * static_cast<double>(options.commands) * options.runs);
    if (!target) return std::unexpected{target.error()};
    const auto accounts = (*target)->open_accounts(options.accounts);
    if (!accounts) return std::unexpected{accounts.error()};
    Report report{.workload = "holds", .runs = {}};
    Uint128 held = 0;
    for (unsigned i = 0; i < options.runs; ++i) {
        HoldsRun run{options, **target, *accounts, held, report.findings};
        auto figures = run.run();
        if (!figures) return std::unexpected{figures.error()};
        report.runs.push_back(*std::move(figures));
        held = run.held();
    }
    const auto stopped = (*target)->stop();
    if (!stopped) report.findings.push_back(stopped.error().detail);
    return report;
}

}  // namespace daybook::bench
