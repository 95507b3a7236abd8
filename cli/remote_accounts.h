// Accounts as a running server tells of them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/account_lines.h"
#include "gateway/query_client.h"

namespace daybook::cli {

gateway::ReadAfter read_after(const ReadOptions& options);

AccountLine line_of(const schema::AccountDetails& told);

// As visit_accounts, of `from.query`.
Result<Seq> visit_accounts_at(const AccountsFrom& from, const std::vector<std::string>& codes,
                              const std::function<void(const AccountLine&)>& visit);

}  // namespace daybook::cli
