// Scales: how many digits the amounts of accounts have behind the point.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "cli/account_names.h"
#include "ledger/amount.h"
#include "schema/receipts.h"

namespace daybook::gateway {
class CommandClient;
}

namespace daybook::cli {

class Scales {
public:
    // Amounts are minor units: every scale is 0.
    Scales() = default;

    // Asks the sequencer.
    static Result<Scales> resolve(gateway::CommandClient& client, std::vector<std::string> codes);

    // What the accounts are called.
    AccountNames names() const;

    // `not_found` when there is no such account: its units are never guessed.
    Result<unsigned> of(const std::string& account) const;
    // An amount as typed. `usage` when it is none, or has more digits than the account's asset;
    // `not_found` as above.
    Result<Amount> parse(const std::string& account, const std::string& text) const;
    // The same with a sign.
    Result<SignedAmount> parse_signed(const std::string& account, const std::string& text) const;

private:
    std::unordered_map<std::string, schema::ResolvedAccount> accounts_;  // those that exist
    bool is_minor_ = true;
};

// `usage` when the text is no amount of at most `scale` digits behind the point.
Result<Amount> parse_typed(const std::string& text, unsigned scale);

}  // namespace daybook::cli
