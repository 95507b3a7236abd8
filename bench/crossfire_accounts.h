// The accounts of a crossfire: opened, funded, and what they hold when it starts.
// Private to bench/'s sources.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "bench/crossfire_plan.h"
#include "ledger/numbers.h"

namespace daybook::bench {

struct CrossfireAccounts {
    std::vector<AccountNumber> numbers;  // by place
    std::vector<std::int64_t> balances;  // by place, after the funding
    Seq head;                            // the last Seq of the funding
};

Result<CrossfireAccounts> prepare_accounts(const std::string& endpoint, const CrossfireShape& shape,
                                           std::uint32_t account_count);

}  // namespace daybook::bench
