// Compares a projection with the book that the journal's records make.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"
#include "cli/finding.h"
#include "cli/lasting_rows.h"
#include "ledger/book.h"
#include "projector/balances.h"

namespace daybook::cli {

// `book` must stand at the view's watermark. Assets, accounts, their terms, balances and versions,
// the list of their codes, open holds: the first that differs, or nothing.
Result<std::optional<Finding>> compare_projection(const projector::View& view, const Book& book);

// What the records up to the view's watermark come to.
struct JournalCounts {
    const Book& book;
    std::span<const std::uint64_t> outcomes;  // accepted, then by rejection
    LastingRows::Counts rows;
};
// How the records ended, and that there is nothing in the projection beyond what was compared.
Result<std::optional<Finding>> compare_counts(const projector::View& view,
                                              const JournalCounts& counts);

}  // namespace daybook::cli
