// Recount: what a plain-text ledger comes to, counted again posting by posting. Each transaction
// balances, what is asserted of an account holds, and the sums are compared with the manifest.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/seq.h"
#include "export/manifest.h"
#include "ledger/amount.h"

namespace daybook::exports {

class Recount {
public:
    // The manifest must outlive it.
    explicit Recount(const Manifest& manifest);

    // An error of these tells what is wrong with the line. The next asset: its code, and what the
    // file calls it.
    Result<void> define(std::string_view code, std::string_view name, std::size_t scale);
    // An account, as the file calls it.
    Result<void> open(std::string_view account);
    // A transaction, and so the end of the one before; no seq: the balances that the cut finds.
    Result<void> begin(std::string_view day, Seq seq);
    // Debits are positive.
    Result<void> post(std::string_view account, std::string_view amount, std::string_view asset);
    // Nothing is posted to the account after that.
    Result<void> assert_balance(std::string_view account, std::string_view amount,
                                std::string_view asset);
    // After the last line.
    Result<void> end();

    // Of the transaction.
    Seq seq() const { return seq_; }
    // What is not in the file is the manifest's own.
    Manifest recomputed() const;

private:
    struct Sums {
        Amount debits;
        Amount credits;
    };
    struct Account {
        std::size_t asset = 0;  // from 1; 0: nothing told it yet
        Sums sums;
        bool is_posted = false;
        bool is_asserted = false;
    };
    struct Asset {
        std::string name;
        Sums of_cut;
        Sums of_transaction;
    };
    struct Signed {
        bool is_negative = false;
        Amount size;
    };
    Result<void> end_transaction();
    // The asset that the account is of; its place from 1.
    Result<std::size_t> place_of(Account& account, std::string_view asset) const;
    // Strictly as it is written.
    Result<Signed> read_amount(std::string_view text, std::size_t place) const;

    const Manifest& manifest_;
    std::string first_day_;
    std::string last_day_;
    std::vector<Asset> assets_;
    std::unordered_map<std::string, Account> accounts_;
    std::string key_;  // its memory is used again
    std::string day_;
    Seq seq_;
    bool has_begun_ = false;
    std::uint64_t postings_ = 0;
    std::uint64_t records_ = 0;
};

}  // namespace daybook::exports
