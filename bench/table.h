// `daybook bench table`: every line of the performance budget, measured one after the other: what
// it does, what the floor does, and whether that is enough.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/figures.h"
#include "bench/target.h"

namespace daybook::bench {

struct TableOptions {
    std::filesystem::path dir = ".";  // where data to be thrown away is kept meanwhile
    std::string binary;               // the `daybook` to start
    unsigned runs = 3;
    bool is_quick = false;          // seconds instead of minutes: shows that it works, no more
    std::vector<std::string> only;  // rows by name; empty: all
    std::function<void(const std::string& name)> on_row;
};

// Something that must be at least, or at most, so much.
struct Limit {
    std::string figure;
    bool is_least;
    double bound;
    std::string text;
};

struct TableRow {
    std::string name;  // one word, to ask for it
    std::string work;
    std::string figure;  // the name of `value`
    std::optional<Spread> value;
    std::optional<Spread> floor;
    std::optional<Spread> ratio;
    std::vector<Limit> limits;
    bool is_met = false;                  // by the medians
    std::string problem;                  // why there is no value
    std::vector<Figures::Figure> others;  // limited too, beside `value` and `ratio`: medians
};

// The names of all rows, in order.
std::vector<std::string> table_names();

// Calls `on_done` with each row. A row that cannot be measured (no room on the disk) says so, and
// the others follow. `usage` when `only` names none; `try_again` when it was stopped by a signal.
Result<void> run_table(const TableOptions& options,
                       const std::function<void(const TableRow&)>& on_done);

}  // namespace daybook::bench
