// What is answered to queries about accounts as they stood (AccountsAsked in schema/query.h): the
// header, where the answer stands, at which Seq the accounts do, then a line for each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/numbers.h"
#include "ledger/outcome.h"
#include "schema/message.h"
#include "schema/query_answers.h"

namespace daybook::schema {

struct AccountDetails {
    std::string code;
    AccountBalance balance;  // without a number: nobody has the code up to the watermark
    Limits limits;

    // Whether it was there already; one opened later has a number, `opened`, and nothing else.
    bool was_open_at(Seq seq) const { return !balance.number.is_none() && balance.opened <= seq; }
    friend bool operator==(const AccountDetails&, const AccountDetails&) = default;
};

// Balances, states and limits are those that record `as_of` left: all pages asked for with one
// `as_of` show one book.
struct ListedAccounts {
    Standing standing;
    Seq as_of;
    std::string next;                   // the code to go on after; empty: there are no more
    std::vector<AccountDetails> lines;  // by code; perhaps fewer than asked for, with a `next`
};

struct DetailedAccounts {
    Standing standing;
    Seq as_of;
    // In the order asked, the first of them at least; the rest is to be asked for again.
    std::vector<AccountDetails> lines;
};

// The accounts of one asset and type together. Sums are modulo 2^128, as debits and credits come
// out alike.
struct TrialLine {
    AssetNumber asset;
    std::string asset_code;
    unsigned scale = 0;
    AccountType type = AccountType::liability;
    std::uint64_t accounts = 0;
    Totals totals;
    friend bool operator==(const TrialLine&, const TrialLine&) = default;
};

struct TrialSums {
    Standing standing;
    Seq as_of;
    AccountNumber next;            // to go on after; none: that were all
    std::vector<TrialLine> lines;  // by asset and type; of the accounts of this page alone
};

std::vector<std::byte> encode_listed(const MessageHeader& asked, const Id128& book,
                                     const ListedAccounts& accounts);
std::vector<std::byte> encode_details(const MessageHeader& asked, const Id128& book,
                                      const DetailedAccounts& accounts);
std::vector<std::byte> encode_trial(const MessageHeader& asked, const Id128& book,
                                    const TrialSums& sums);

// The asker's side. Everything is checked, as on the other.
std::expected<ListedAccounts, Malformation> decode_listed(Bytes message);
std::expected<DetailedAccounts, Malformation> decode_details(Bytes message);
std::expected<TrialSums, Malformation> decode_trial(Bytes message);

}  // namespace daybook::schema
