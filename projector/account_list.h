// Accounts as they stood at any Seq up to a view's watermark: by code, page by page, by name, and
// summed up. Each call does a bounded amount of work, a few milliseconds when warm, and says where
// to go on; with one Seq all pages show one book, however far it has moved between them.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "ledger/numbers.h"
#include "projector/past.h"

namespace daybook::projector {

// What one call may cost: it also ends with the account that passes one of these.
struct AccountWork {
    std::size_t visited_max = 4096;  // accounts looked at
    std::size_t hops_max = 1000;     // records read
};

struct AccountAt {
    AccountInfo account;  // without a number: nobody has the code
    Balance balance;      // zero when it was opened later

    bool is_none() const { return account.number.is_none(); }
};

// A `seq` beyond the watermark is the watermark, here and below.
struct AccountListQuery {
    std::string path;   // as in View::for_each_code_under
    std::string after;  // only codes behind this one
    Seq seq = kSeqMax;
    AssetNumber asset = {};  // these only; none: any
    std::optional<AccountType> type = {};
    std::optional<AccountState> state = {};  // at `seq`
    std::size_t lines_max = 50;              // at least 1 (checked)
    AccountWork work = {};
};

struct AccountListPage {
    std::vector<AccountAt> lines;
    std::string next;  // `after` of the next page; empty: there are no more
};

// Those that were open at `seq`, in the order of their codes' bytes.
Result<AccountListPage> list_accounts(const Past& past, const AccountListQuery& query);

// One for each code, in order; the first at least, and perhaps not the last of them.
Result<std::vector<AccountAt>> read_accounts(const Past& past, std::span<const std::string> codes,
                                             Seq seq, const AccountWork& work = {});

struct AccountSum {
    std::uint64_t accounts = 0;
    Totals totals;  // modulo 2^128
};

struct AccountSums {
    std::map<std::pair<AssetNumber, AccountType>, AccountSum> sums;
    AccountNumber next;  // the last account summed up; none: there are no more behind it
};

// Of the accounts behind the number `after` that were open at `seq`.
Result<AccountSums> sum_accounts(const Past& past, AccountNumber after, Seq seq,
                                 const AccountWork& work = {});

}  // namespace daybook::projector
