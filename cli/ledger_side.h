// The ledger's side of a reconciliation, read from a data directory as of one Seq.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/past_reader.h"
#include "cli/read_options.h"
#include "reconcile/reconciliation.h"

namespace daybook::cli {

// All but the lines and the trial balance, so that other input can be checked before they are read.
// `not_found` when there is no such account or Seq; the cut is what `at` says, or else
// the watermark, which may take `--wait` to catch up with the journal.
struct LedgerAccount {
    reconcile::LedgerSide side;
    AccountNumber number;
};
Result<LedgerAccount> find_ledger_account(PastReader& reader, const std::string& code,
                                          const AtOptions& at);

// Fills them in, the lines around `near` as sums: memory is that of the period, not of the account.
// `try_again` when a signal asked to stop.
Result<reconcile::LedgerSide> read_ledger_side(PastReader& reader, LedgerAccount account,
                                               const reconcile::Period& near);

}  // namespace daybook::cli
