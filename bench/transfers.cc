#include "bench/transfers.h"

#include <memory>
#include <string>
#include <utility>

#include "bench/transfer_run.h"

namespace daybook::bench {

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
