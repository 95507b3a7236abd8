// What the ledger says, as JSON bodies; the contract is openapi.json. Private to http/'s sources.
#pragma once

#include <string>
#include <vector>

#include "http/answer.h"
#include "http/names.h"
#include "http/problem.h"
#include "json/line.h"
#include "ledger/command.h"
#include "schema/account_answers.h"
#include "schema/receipts.h"
#include "schema/statement.h"

namespace daybook::http {

// The members of Balance, into the object that `line` is in.
void write_balance(json::Line& line, const Name& name, AccountNumber number, const Totals& totals,
                   std::uint64_t version, Seq as_of);
// The members of what the totals are: balance, available, debits, credits, held_in, held_out.
void write_totals(json::Line& line, AccountType type, const Totals& totals);
// An object of Account.
std::string account_body(const schema::AccountDetails& account, Seq as_of);
void write_account(json::Line& line, const schema::AccountDetails& account, Seq as_of);
// A hold after a step of it.
void write_hold(json::Line& line, const Remark& remark);
// Each touched account once, as it was left.
void write_touched(json::Line& line, const std::vector<Touch>& touches, const KnownNames& names,
                   Seq as_of);

// The accounts a receipt speaks of.
std::vector<AccountNumber> accounts_in(const schema::Receipt& receipt);
// An accepted command, or a problem of one that was not. `names` has all accounts_in().
Answer answer_of(const Command& command, const schema::Receipt& receipt, const KnownNames& names);
// The body of Written.
std::string written_body(const Command& command, const schema::Receipt& receipt,
                         const KnownNames& names);
// The members of Standing.
void write_standing(json::Line& line, const schema::Standing& standing);
// Null when there is none.
void write_moment_or_null(json::Line& line, std::string_view name, Stamp stamp);

// The account codes that a command names, for deciding or as a condition.
std::vector<std::string> codes_in(const Command& command);

}  // namespace daybook::http
