// The reports of a reconciliation: report.json for machines, breaks.csv for who clears them, text
// for people. Each depends on nothing but the reconciliation, so the same one has the same bytes.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "reconcile/reconciliation.h"

namespace daybook::reconcile {

// Takes a report in pieces.
using Sink = std::function<Result<void>(std::string_view)>;

// With each match and its lines. docs/reconciliation.md has the fields.
Result<void> write_json(const Reconciliation& result, const Sink& sink);
// The same without lines, on one line.
std::string summary_json(const Reconciliation& result);

// Every line that is open: the breaks, and what is expected.
Result<void> write_breaks_csv(const Reconciliation& result, const Sink& sink);

// `matches_max`: of those that are open so many are listed.
Result<void> write_text(const Reconciliation& result, std::size_t matches_max, const Sink& sink);

// From here on this is shared by the reports.

// The bridge: from the ledger's closing balance to the statement's, each step with its name.
struct BridgeStep {
    std::string_view what;
    SignedAmount amount;
};
std::vector<BridgeStep> bridge_of(const Reconciliation& result);

// The ledger's lines minus the statement's, also of those outside of the period.
SignedAmount difference_of(const Reconciliation& result, const Match& match);

}  // namespace daybook::reconcile
