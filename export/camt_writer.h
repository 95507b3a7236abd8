// What a camt.053 statement must say before its entries: what each account stands at when the cut
// ends. Found by a walk of its own before the one that writes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "export/format_writer.h"
#include "export/walk.h"
#include "journal/environment.h"
#include "ledger/account.h"
#include "ledger/numbers.h"

namespace daybook::exports {

// An account that the standard can carry.
struct CamtAccount {
    AccountNumber number;
    std::string code;
    std::string currency;
    unsigned scale = 0;
    AccountType type = AccountType::liability;
    Totals closing;
};

struct CamtPlan {
    std::uint64_t statement = 1;  // the number of each account's statement
    std::vector<CamtAccount> accounts;
    Stamp closed_at;  // of the cut's last block
};

// `not_found` when there is no such account at the end of the cut; `bad_input` when camt.053 cannot
// carry its code or its asset.
Result<CamtPlan> plan_camt(const std::shared_ptr<journal::Environment>& journal, Cut cut,
                           const std::vector<std::string>& codes, std::uint64_t statement,
                           const GoOn& go_on);

// A file an account: camt053-<account number>.xml.
Result<std::unique_ptr<FormatWriter>> open_camt(const std::filesystem::path& directory,
                                                CamtPlan plan);

}  // namespace daybook::exports
