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

// Where accounts are read, and as of when.
struct AccountsFrom {
    ReadOptions read;
    AtOptions at;
    std::string query;  // the endpoint of a running server; empty: the data directory
};

// `not_found`: the account was not there yet at `seq`.
std::unexpected<Error> opened_later(const std::string& code, Seq opened, Seq seq);

// Visits the accounts of these codes, in their order, or, without any, every account there was, in
// the order of opening. Returns the Seq that they stand at. `not_found` when there was no such
// account.
Result<Seq> visit_accounts(const AccountsFrom& from, const std::vector<std::string>& codes,
                           const std::function<void(const AccountLine&)>& visit);

}  // namespace daybook::cli
