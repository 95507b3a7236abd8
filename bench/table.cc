#include "bench/table.h"

#include <algorithm>

#include "bench/table_rows.h"

namespace daybook::bench {

namespace {

bool keeps(const Limit& limit, const Report& report) {
    const auto spread = report.find(limit.figure);
    if (!spread) return false;
    return limit.is_least ? spread->median >= limit.bound : spread->median <= limit.bound;
}

TableRow row_of(const BudgetRow& budget, const Report& report) {
    TableRow row{.name = budget.name,
                 .work = budget.work,
                 .figure = budget.value,
                 .value = report.find(budget.value),
                 .floor = report.find(budget.floor),
                 .ratio = report.find(budget.ratio),
                 .limits = budget.limits,
                 .problem = {},
                 .others = {}};
    row.is_met = std::ranges::all_of(budget.limits,
                                     [&](const Limit& limit) { return keeps(limit, report); });
    for (const auto& limit : budget.limits) {
        if (limit.figure == budget.value || limit.figure == budget.ratio) continue;
        if (const auto spread = report.find(limit.figure))
            row.others.push_back({limit.figure, spread->median});
    }
    for (const auto& finding : report.findings)
        row.problem += (row.problem.empty() ? "" : "; ") + finding;
    return row;
}

}  // namespace

std::vector<std::string> table_names() {
    std::vector<std::string> names;
    for (const auto& row : budget_rows())
        names.push_back(row.name);
    return names;
}

Result<void> run_table(const TableOptions& options,
                       const std::function<void(const TableRow&)>& on_done) {
    const auto names = table_names();
    for (const auto& wanted : options.only) {
        if (std::ranges::find(names, wanted) != names.end()) continue;
        std::string all;
        for (const auto& name : names)
            all += (all.empty() ? "" : ", ") + name;
        return fail(ErrorCode::usage,
                    "--only: no row is called '" + wanted + "'; there are " + all);
    }
    for (const auto& budget : budget_rows()) {
        const bool is_wanted = options.only.empty() ||
                               std::ranges::find(options.only, budget.name) != options.only.end();
        if (!is_wanted) continue;
        if (options.on_row) options.on_row(budget.name);
        const auto report = budget.measure(options);
        if (!report && report.error().code == ErrorCode::try_again)
            return std::unexpected{report.error()};
        auto row = row_of(budget, report ? *report : Report{});
        if (!report) row.problem = report.error().detail;
        on_done(row);
    }
    return {};
}

}  // namespace daybook::bench
