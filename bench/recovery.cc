#include "bench/recovery.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "bench/transfer_run.h"

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

class Recovery {
public:
    Recovery(const RecoveryOptions& options, Target& target)
        : options_{options}, target_{target}, server_{*target.own_server()} {}

    Result<Report> run();

private:
    Result<void> fill();
    Result<void> start_again(const char* after);
    Result<void> remove_state() const;

    const RecoveryOptions& options_;
    Target& target_;
    Server& server_;
    Report report_{.workload = "recovery", .runs = {}};
    Figures figures_;
    Seq head_;
};

Result<void> Recovery::fill() {
    const auto accounts = target_.open_accounts(options_.accounts);
    if (!accounts) return std::unexpected{accounts.error()};
    TransfersOptions load;
    load.batch = options_.batch;
    load.producers = options_.producers;
    load.transfers = options_.transfers;
    load.has_floor = false;
    load.on_progress = options_.on_progress;
    const auto filled = run_transfers_once(load, target_, *accounts, report_.findings);
    if (!filled) return std::unexpected{filled.error()};
    const double first = filled->find("first_tenth_per_second").value_or(0);
    const double last = filled->find("last_tenth_per_second").value_or(0);
    const auto head = target_.head();
    if (!head) return std::unexpected{head.error()};
    head_ = *head;
    const double memory = server_.usage().memory_bytes;
    figures_.add("records", static_cast<double>(head_.value()));
    figures_.add("accounts", static_cast<double>(options_.accounts));
    figures_.add("fill_per_second", filled->find("transfers_per_second").value_or(0));
    figures_.add("fill_last_tenth_by_first", last / first);
    figures_.add("memory_mib", memory / (1 << 20));
    return {};
}

// The server has ended. `after` names how.
Result<void> Recovery::start_again(const char* after) {
    const auto watched = target_.watch_signals();
    if (!watched) return watched;
    const auto started = steady_clock::now();
    const auto restarted = server_.restart();
    if (!restarted) return restarted;
    const auto head = target_.head();
    if (!head) return std::unexpected{head.error()};
    const Seconds elapsed = steady_clock::now() - started;
    figures_.add(std::string{"start_after_"} + after + "_seconds", elapsed.count());
    figures_.add(std::string{"memory_after_"} + after + "_mib",
                 server_.usage().memory_bytes / (1 << 20));
    if (*head != head_) report_.findings.push_back(std::string{"the head moved after "} + after);
    const auto wrong = target_.settle();
    if (!wrong) return std::unexpected{wrong.error()};
    report_.findings.insert(report_.findings.end(), wrong->begin(), wrong->end());
    return {};
}

Result<void> Recovery::remove_state() const {
    std::error_code problem;
    std::filesystem::remove_all(target_.data() / "state", problem);
    if (!problem) return {};
    return fail(ErrorCode::io_failed, "cannot remove the state: " + problem.message());
}

Result<Report> Recovery::run() {
    const auto stop = [&] { return server_.stop(); };
    const auto kill = [&]() -> Result<void> {
        server_.kill();
        return {};
    };
    const std::vector<std::function<Result<void>()>> steps{
        [&] { return fill(); },
        stop,
        [&] { return start_again("stop"); },
        kill,
        [&] { return start_again("kill"); },
        stop,
        [&] { return remove_state(); },
        [&] { return start_again("state_removed"); },
        stop,
    };
    for (const auto& step : steps) {
        const auto done = step();
        if (!done) return std::unexpected{done.error()};
    }
    report_.runs.push_back(std::move(figures_));
    return std::move(report_);
}

}  // namespace

Result<Report> run_recovery(const RecoveryOptions& options) {
    if (options.accounts < 2 || options.producers < 1 || options.batch < 1 ||
        options.batch > 8190) {
        return fail(ErrorCode::usage,
                    "it takes at least 2 accounts, 1 producer and a --batch of 1 to 8190");
    }
    constexpr double kBytes = 500;
    const auto records = static_cast<double>(options.transfers + options.accounts);
    const auto target = Target::start(options.place, records * 1.1 * kBytes);
    if (!target) return std::unexpected{target.error()};
    return Recovery{options, **target}.run();
}

}  // namespace daybook::bench
