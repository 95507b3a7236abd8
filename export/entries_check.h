// EntriesCheck: the rows of entries.csv, and what they come to.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "export/manifest.h"
#include "ledger/amount.h"

namespace daybook::exports {

// An account as its rows tell it.
struct PostedAccount {
    SignedAmount balance;  // after the last row
    std::string asset;
    // +1 when debits make it grow, −1 when credits do; 0: its rows do not tell.
    int debit_sign = 0;
    Amount debits = {};  // of the cut
    Amount credits = {};
};

class EntriesCheck {
public:
    // The manifest must outlive it.
    explicit EntriesCheck(const Manifest& manifest);

    // The next row, without its LF. An error tells what is wrong with it, or with the record that
    // ended before it: places, times, both amounts, the running balance, and that each record
    // balances in each asset.
    Result<void> add(std::string_view text);
    Result<void> end_record();

    Seq at() const { return seq_; }
    const std::unordered_map<std::string, PostedAccount>& accounts() const { return accounts_; }
    // What is not in the rows is the manifest's own.
    Manifest recomputed() const;

private:
    struct Sums {
        Amount debits;
        Amount credits;
    };
    Result<void> check_place();
    Result<void> begin_record(Seq seq);
    Result<void> run_balance(bool is_debit, Amount posted, SignedAmount after);

    const Manifest& manifest_;
    std::string first_moment_;  // of the block that the cut begins in
    std::string last_moment_;
    std::vector<std::string> cells_;
    Seq seq_;
    std::uint64_t line_ = 0;
    std::string hash_;
    std::string moment_;
    std::uint64_t postings_ = 0;
    std::uint64_t records_ = 0;                                // with postings
    std::unordered_map<std::string, PostedAccount> accounts_;  // by the cell of its code
    std::map<std::string, Sums> sums_;                         // by asset
    std::map<std::string, Sums> of_record_;                    // the same, of the seq being read
};

}  // namespace daybook::exports
