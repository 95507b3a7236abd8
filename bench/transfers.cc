#include "bench/transfers.h"

#include <memory>
#include <string>
#include <utility>

#include "bench/transfer_run.h"
#include "schema/message.h"

namespace daybook::bench {

namespace {

Result<void> check(const TransfersOptions& options) {
    const auto wrong = [](const char* why) { return fail(ErrorCode::usage, why); };
    if (options.batch < 1 || options.batch > schema::kCommandsMax)
        return wrong("--batch is 1 to 8190");
    if (options.accounts < 2) return wrong("--accounts is at least 2: a transfer needs two");
    if (options.producers < 1 || options.producers > 64) return wrong("--producers is 1 to 64");
    if (options.window < 1) return wrong("--window is at least 1");
    if (options.runs < 1) return wrong("--runs is at least 1");
    if (options.clients > 10'000) return wrong("--clients is at most 10000");
    if (options.clients > 0 && options.rate > 0)
        return wrong("--rate and --clients exclude each other: who waits for answers has no rate");
    return {};
}

}  // namespace

Result<Report> run_transfers(const TransfersOptions& options) {
    auto checked = check(options);
    if (!checked) return std::unexpected{checked.error()};
    const auto target = Target::start(options.place, bytes_written_by(options));
    if (!target) return std::unexpected{target.error()};
    const auto accounts = (*target)->open_accounts(options.accounts);
    if (!accounts) return std::unexpected{accounts.error()};
    Report report{.workload = "transfers", .runs = {}, .findings = {}};
    for (unsigned i = 0; i < options.runs; ++i) {
        auto figures = run_transfers_once(options, **target, *accounts, report.findings);
        if (!figures) return std::unexpected{figures.error()};
        report.runs.push_back(*std::move(figures));
    }
    const auto stopped = (*target)->stop();
    if (!stopped) report.findings.push_back(stopped.error().detail);
    return report;
}

}  // namespace daybook::bench
