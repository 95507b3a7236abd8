#include "bench/figures.h"

#include <algorithm>

#include "base/check.h"

namespace daybook::bench {

Spread spread_of(std::vector<double> values) {
    CHECK_INVARIANT(!values.empty(), "a spread is of at least one run");
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    const double median =
        values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return {median, values.front(), values.back()};
}

double milliseconds_of(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::milli>{duration}.count();
}

void Figures::add_latency(const std::string& name, const Histogram& latency) {
    add(name + "_p50_ms", milliseconds_of(latency.quantile(0.5)));
    add(name + "_p90_ms", milliseconds_of(latency.quantile(0.9)));
    add(name + "_p99_ms", milliseconds_of(latency.quantile(0.99)));
    add(name + "_max_ms", milliseconds_of(latency.max()));
}

std::optional<double> Figures::find(std::string_view name) const {
    const auto found = std::ranges::find(all_, name, &Figure::name);
    if (found == all_.end()) return std::nullopt;
    return found->value;
}

std::optional<Spread> Report::find(std::string_view name) const {
    std::vector<double> values;
    for (const auto& run : runs) {
        if (const auto value = run.find(name)) values.push_back(*value);
    }
    if (values.empty()) return std::nullopt;
    return spread_of(std::move(values));
}

std::vector<Report::Line> Report::lines() const {
    std::vector<Line> lines;
    if (runs.empty()) return lines;
    for (const auto& figure : runs.front().all()) {
        if (const auto spread = find(figure.name)) lines.push_back({figure.name, *spread});
    }
    return lines;
}

}  // namespace daybook::bench
