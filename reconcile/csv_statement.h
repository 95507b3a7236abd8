// Reads an outside statement from CSV, by a map of its columns. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "reconcile/rules.h"
#include "reconcile/statement.h"

namespace daybook::reconcile {

// Balances that the file does not have, or has too.
struct StatedBalances {
    std::optional<SignedAmount> opening;
    std::optional<SignedAmount> closing;
};

// A column of balances is held against each line, and gives the opening and the closing one;
// without it both must be stated. `bad_input` names the line, or the column that is missing.
Result<OutsideStatement> read_csv_statement(std::string_view text, const CsvMap& map,
                                            const Money& money, const StatedBalances& stated);

}  // namespace daybook::reconcile
