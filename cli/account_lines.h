// The accounts that `balance` and `trial-balance` are about, with their balances now or at any
// moment of the past.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "cli/past_reader.h"
#include "cli/read_options.h"

namespace daybook::cli {

// Visits the accounts of these codes, in their order, or, without any, every account there was, in
// the order of opening. Returns the Seq that the balances stand at. Of a moment of the past the
// state and limits in AccountInfo are those of now. `not_found` when there was no such account.
Result<Seq> visit_accounts(const ReadOptions& options, const AtOptions& at,
                           const std::vector<std::string>& codes,
                           const std::function<void(const AccountLine&)>& visit);

}  // namespace daybook::cli
