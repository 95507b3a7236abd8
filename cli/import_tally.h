// ImportTally: what became of the rows of an import, and whether each customer's balance in the
// ledger is the sum of the rows. It rests on receipts alone: each carries the after-image of its
// accounts, also when it is a replay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "base/seq.h"
#include "cli/czech_bank.h"
#include "ledger/account.h"
#include "schema/receipts.h"

namespace daybook::cli {

class ImportTally {
public:
    // What has a seq after `before` was decided by this run; a replay flag would not tell, since a
    // message that is sent again is answered as a replay of itself.
    explicit ImportTally(Seq before) : before_{before} {}

    // The answer to a row; each row once.
    void add(const CzechRow& row, const schema::Receipt& receipt);

    // Sums of the rows that are in the ledger, by side of the customer.
    struct Sums {
        Amount debits;
        Amount credits;
    };
    // How the customers' balances compare.
    struct Check {
        std::size_t equal = 0;
        std::size_t mixed = 0;  // they have other entries too: the receipts cannot tell
        std::size_t different = 0;
        std::string first_different;  // account code
    };

    std::uint64_t rows() const { return rows_; }
    std::uint64_t accepted() const { return accepted_; }  // by this run
    std::uint64_t replayed() const { return replayed_; }  // accepted by an earlier one
    const std::map<std::string, std::uint64_t>& rejected() const { return rejected_; }  // by reason
    std::uint64_t rejected_count() const;
    const Sums& sums() const { return sums_; }
    Seq last_seq() const { return last_seq_; }
    Check check() const;

private:
    struct Customer {
        Sums rows;
        std::uint64_t row_count = 0;
        std::uint64_t version = 0;  // of `ledger`, the newest after-image seen
        Totals ledger;
    };

    void add_after_image(Customer& customer, const CzechRow& row, const schema::Receipt& receipt);

    Seq before_;
    std::uint64_t rows_ = 0;
    std::uint64_t accepted_ = 0;
    std::uint64_t replayed_ = 0;
    std::map<std::string, std::uint64_t> rejected_;
    Sums sums_;
    Seq last_seq_;
    std::unordered_map<std::string, Customer> customers_;
};

}  // namespace daybook::cli
