// Reconciliation: what the ledger says of an account beside what somebody else says. A pure
// function of its input: the same input, the same result, to the byte of its reports.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "reconcile/open_lines.h"
#include "reconcile/passes.h"
#include "reconcile/rules.h"
#include "reconcile/statement.h"

namespace daybook::reconcile {

// Of one asset at the cut: debits minus credits by account type.
struct TrialLine {
    std::string asset;
    unsigned scale = 0;
    std::array<SignedAmount, 5> net;  // asset, liability, equity, income, expense
    SignedAmount total;
    std::uint64_t accounts = 0;
};

struct Sum {
    std::uint64_t count = 0;
    Int128 amount = 0;

    void add(SignedAmount value) {
        ++count;
        amount += value.minor_units();
    }
    friend bool operator==(const Sum&, const Sum&) = default;
};

// The ledger up to a Seq: the cut.
struct LedgerSide {
    Id128 book;
    Seq cut;
    Hash256 chain_head;  // of the block that holds it
    Stamp cut_stamp;     // of that block
    std::string account;
    AccountType type = AccountType::asset;
    Money money;
    // Every posting of the account: those near enough to the period in any order, of others the
    // sums.
    std::vector<Line> lines;
    Sum before;
    Sum after;
    std::vector<TrialLine> trial;
};

// Takes a posting in: as a line within `near`, around it into the sums. `bad_input` when it is too
// large to be added up, or there are too many lines.
Result<void> add_line(LedgerSide& side, Line line, const Period& near);
// The days whose lines can explain one of the period.
Period near_of(const Period& period, const Rules& rules);

struct StatementSide {
    OutsideStatement statement;       // adds up
    std::vector<std::string> hashes;  // SHA-256 of each file, in their order
};

// Opening + increases + decreases is closing, for each party.
struct ControlTotals {
    SignedAmount opening;  // at the period's start
    Sum increases;
    Sum decreases;
    SignedAmount closing;
    Sum before;                     // lines before the period: they are in `opening`
    Sum after;                      // and after it
    std::uint64_t equal_lines = 0;  // those of the period that have an equal one on their day
};

struct BucketSum {
    std::uint64_t matches = 0;
    Sum ledger;  // of the period's lines only
    Sum statement;

    // What the bucket adds to the difference of the balances.
    Int128 difference() const { return ledger.amount - statement.amount; }
};

// Of what is open, by days until the period's last one.
struct AgeBand {
    std::uint32_t from = 0;
    std::uint32_t to = 0;  // inclusive
    Sum ledger;
    Sum statement;
};

struct Reconciliation {
    LedgerSide ledger;        // its lines in the order of days
    StatementSide statement;  // the same
    Rules rules;
    Period period;

    ControlTotals ledger_totals;
    ControlTotals statement_totals;
    std::vector<Match> matches;  // by bucket, then day
    std::array<BucketSum, kBuckets> buckets;
    std::vector<AgeBand> ageing;
    GroupSearches searches;
    // Of the difference between the opening balances, what lines of the period made up for.
    Int128 opening_cleared = 0;

    const BucketSum& bucket(Bucket which) const { return buckets[static_cast<std::size_t>(which)]; }
    Int128 opening_difference() const {
        return ledger_totals.opening.minor_units() - statement_totals.opening.minor_units();
    }
    // What is left of it: something of before the period is still open, or was never posted.
    Int128 opening_open() const { return opening_difference() - opening_cleared; }
    std::uint64_t breaks() const;  // matches that somebody must look at
    // On the period's last day: the breaks, and what is still expected.
    bool is_open(const Match& match) const;
    bool is_clean() const;
};

// The ledger's lines were added with `near_of` the same period and rules, or a wider one.
Reconciliation reconcile(LedgerSide ledger, StatementSide statement, Rules rules,
                         const Period& period);

}  // namespace daybook::reconcile
