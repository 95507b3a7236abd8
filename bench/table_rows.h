// The lines of the performance budget: how each is measured and what it must reach. Private to
// bench/'s sources.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "bench/table.h"

namespace daybook::bench {

struct BudgetRow {
    std::string name;
    std::string work;
    std::string value;  // figures; empty: there is none
    std::string floor;
    std::string ratio;
    std::vector<Limit> limits;
    std::function<Result<Report>(const TableOptions&)> measure;
};

std::vector<BudgetRow> budget_rows();

}  // namespace daybook::bench
