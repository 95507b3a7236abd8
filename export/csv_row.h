// The cells of one row of CSV, read strictly by RFC 4180.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::exports {

// The cells of a line that ends with CR LF (without the LF), memory used again. False when it is
// none: a quote in the wrong place, or no CR at its end.
bool split_row(std::string_view line, std::vector<std::string>& cells);

}  // namespace daybook::exports
