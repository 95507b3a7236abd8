// what_if: the journal's commands decided by this binary's rules, compared with what the journal
// says was decided. It goes on behind a difference: what is decided now goes into the book. It
// writes nothing and runs beside a live server.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "cli/record_difference.h"
#include "journal/environment.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/command.h"
#include "ledger/numbers.h"
#include "ledger/outcome.h"

namespace daybook::cli {

// The first record that is not what would be decided now.
struct FirstDifference {
    Seq seq;
    Id128 key;
    ProducerId producer;
    CommandKind command = CommandKind::transfer;
    RecordDifference difference;
};

// An account whose totals at the end are not those that the journal ends with.
struct AccountDifference {
    std::string code;
    std::string asset;
    unsigned scale = 0;
    AccountType type = AccountType::liability;
    std::optional<Totals> recorded;  // nothing: there is no such account
    std::optional<Totals> decided;

    // Posted on the account's normal side; of none, 0.
    SignedAmount recorded_balance() const { return balance(recorded); }
    SignedAmount decided_balance() const { return balance(decided); }
    // What is more or less now: how much of the posted balance, and whether more.
    Uint128 change() const;
    bool is_more() const { return decided_balance() > recorded_balance(); }

private:
    SignedAmount balance(const std::optional<Totals>& totals) const {
        return totals ? posted_balance(type, *totals) : SignedAmount{};
    }
};

// The same of all accounts of an asset.
struct AssetDifference {
    std::string asset;
    unsigned scale = 0;
    std::uint64_t accounts = 0;
    // Of the posted balances of those that have more now, and of those that have less. Sums wrap
    // only with more money in the book than 2^127 minor units.
    Uint128 more = 0;
    Uint128 less = 0;
};

struct WhatIf {
    Id128 book;
    Seq to;  // the last record decided
    std::optional<FirstDifference> first;
    std::uint64_t records_differ = 0;
    std::array<std::uint64_t, static_cast<std::size_t>(kDifferenceKindLast) + 1> kinds{};
    // Of those whose outcome differs: recorded, decided now.
    std::map<std::pair<Rejection, Rejection>, std::uint64_t> outcomes;
    std::uint64_t not_decided = 0;  // commands these rules would refuse as malformed: no record
    std::uint64_t expiries = 0;     // holds that would expire where the journal has no record of it
    std::uint64_t accounts_differ = 0;
    std::vector<AssetDifference> assets;      // those with differences, by code
    std::vector<AccountDifference> accounts;  // so many of each asset, the largest change first

    bool is_same() const {
        return records_differ == 0 && not_decided == 0 && expiries == 0 && accounts_differ == 0;
    }
};

struct WhatIfOptions {
    std::optional<Seq> to;          // nothing: the journal's head
    std::size_t accounts_max = 20;  // listed of each asset
    // Told now and then the last Seq decided; false ends it with `try_again`.
    std::function<bool(Seq done, Seq to)> go_on;
};

// `not_found` when the journal does not reach so far; `damaged` when it contradicts itself, which
// `verify` tells more of.
Result<WhatIf> what_if(const std::shared_ptr<journal::Environment>& journal,
                       const WhatIfOptions& options);

}  // namespace daybook::cli
