#include "bench/contention.h"

#include <span>
#include <utility>

#include "bench/transfer_run.h"

namespace daybook::bench {

namespace {

// One run with each, the other first every time.
Result<Figures> run_both(const ContentionOptions& options, Target& target,
                         std::span<const AccountNumber> accounts, bool is_few_first,
                         std::vector<std::string>& findings) {
    double few = 0;
    double many = 0;
    for (const bool is_few : {is_few_first, !is_few_first}) {
        const auto chosen = is_few ? accounts.first(options.few) : accounts;
        const auto figures = run_transfers_once(options.load, target, chosen, findings);
        if (!figures) return figures;
        (is_few ? few : many) = figures->find("transfers_per_second").value_or(0);
    }
    Figures both;
    both.add("few_accounts_per_second", few);
    both.add("many_accounts_per_second", many);
    both.add("few_by_many", few / many);
    return both;
}

}  // namespace

Result<Report> run_contention(const ContentionOptions& options) {
    ContentionOptions checked = options;
    checked.load.has_floor = false;
    const auto fine = check(checked.load);
    if (!fine) return std::unexpected{fine.error()};
    if (options.few < 2 || options.few >= options.load.accounts)
        return fail(ErrorCode::usage, "--few is at least 2 and below --accounts");
    const auto target = Target::start(checked.load.place, 2 * bytes_written_by(checked.load));
    if (!target) return std::unexpected{target.error()};
    const auto accounts = (*target)->open_accounts(checked.load.accounts);
    if (!accounts) return std::unexpected{accounts.error()};
    Report report{.workload = "contention", .runs = {}};
    for (unsigned i = 0; i < checked.load.runs; ++i) {
        auto figures = run_both(checked, **target, *accounts, i % 2 == 0, report.findings);
        if (!figures) return std::unexpected{figures.error()};
        report.runs.push_back(*std::move(figures));
    }
    const auto stopped = (*target)->stop();
    if (!stopped) report.findings.push_back(stopped.error().detail);
    return report;
}

}  // namespace daybook::bench
