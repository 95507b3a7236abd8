// Figures: what one run measured, by name, in the order told. Spread: one figure over several runs.
// Names end in their unit (`_per_second`, `_ms`); a share or a ratio has none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/histogram.h"

namespace daybook::bench {

struct Spread {
    double median = 0;
    double min = 0;
    double max = 0;
};

// Of at least one value.
Spread spread_of(std::vector<double> values);

double milliseconds_of(std::chrono::nanoseconds duration);

class Figures {
public:
    struct Figure {
        std::string name;
        double value;
    };

    void add(std::string name, double value) { all_.push_back({std::move(name), value}); }
    // Its p50, p90, p99 and max, as `NAME_p50_ms` and so on.
    void add_latency(const std::string& name, const Histogram& latency);

    const std::vector<Figure>& all() const { return all_; }
    std::optional<double> find(std::string_view name) const;

private:
    std::vector<Figure> all_;
};

// What a workload says when it is done.
struct Report {
    std::string workload;
    std::vector<Figures> runs;               // all with the same names in the same order
    std::vector<Figures> parts = {};         // of one run, one after the other; the same
    std::vector<std::string> findings = {};  // what should not be; empty is fine

    struct Line {
        std::string name;
        Spread spread;
    };
    std::vector<Line> lines() const;
    // The median over the runs.
    std::optional<Spread> find(std::string_view name) const;
};

}  // namespace daybook::bench
