// Compares a projection with the book that the journal's records make.
#pragma once

#include <optional>

#include "base/result.h"
#include "cli/finding.h"
#include "ledger/book.h"
#include "projector/balances.h"

namespace daybook::cli {

// `book` must stand at the view's watermark. Assets, accounts, their terms, balances and versions:
// the first that differs, or nothing.
Result<std::optional<Finding>> compare_projection(const projector::View& view, const Book& book);

}  // namespace daybook::cli
