// One run of `bench transfers` on a server that is there, and its floor. Private to bench/'s
// sources.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bench/transfers.h"

namespace daybook::bench {

// `usage` when it cannot be done.
Result<void> check(const TransfersOptions& options);

// About so many bytes: journal, state and the floor's own.
double bytes_written_by(const TransfersOptions& options);

Result<Figures> run_transfers_once(const TransfersOptions& options, Target& target,
                                   std::span<const AccountNumber> accounts,
                                   std::vector<std::string>& findings);

}  // namespace daybook::bench
