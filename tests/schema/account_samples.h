// Queries about accounts as they stood, and what is answered, with everything they can have.
#pragma once

#include <string>
#include <vector>

#include "schema/account_answers.h"
#include "schema/query.h"
#include "tests/schema/statement_samples.h"

namespace daybook::schema {

inline std::vector<Query> sample_account_queries() {
    Query list;
    list.kind = MessageKind::account_list;
    list.min_seq = Seq{7};
    list.wait_ms = 250;
    list.texts = {"users", "users:bob", "USD"};
    list.accounts = {.as_of = Seq{11},
                     .after = {},
                     .lines_max = 50,
                     .type = AccountType::expense,
                     .state = AccountState::closed};
    Query everything;
    everything.kind = MessageKind::account_list;
    everything.texts = {"", "", ""};
    everything.accounts.lines_max = 1;
    Query details;
    details.kind = MessageKind::account_details;
    details.texts = {"users:alice", "nobody", std::string(128, 'x')};
    details.accounts.as_of = Seq{};
    Query trial;
    trial.kind = MessageKind::trial_balance;
    trial.accounts.after = AccountNumber{~std::uint64_t{0}};
    return {list, everything, details, trial};
}

inline AccountDetails sample_account_line() {
    AccountDetails line;
    line.code = std::string(128, 'x');
    auto& balance = line.balance;
    balance.number = AccountNumber{7};
    balance.asset = AssetNumber{2};
    balance.asset_code = "0123456789ABCDEF";
    balance.scale = 18;
    balance.type = AccountType::expense;
    balance.state = AccountState::frozen;
    balance.totals = {Amount{1, 2}, Amount{3, 4}, Amount{5, 6}, Amount{7, 8}};
    balance.version = 99;
    balance.last = TouchPointer{Seq{11}, 3};
    balance.opened = Seq{4};
    line.limits = {SignedAmount{-1}, SignedAmount{3, 4}};
    return line;
}

inline ListedAccounts sample_listed() {
    auto unlimited = sample_account_line();
    unlimited.limits = {};
    return {kSampleStanding, Seq{11}, "users:bob", {sample_account_line(), unlimited}};
}

inline DetailedAccounts sample_details() {
    auto lower = sample_account_line();
    lower.limits.max.reset();
    return {kSampleStanding, Seq{12}, {lower, AccountDetails{}}};
}

inline TrialSums sample_trial() {
    const TrialLine line{
        AssetNumber{2},     "USD", 2,
        AccountType::asset, 17,    {Amount{1, 2}, Amount{3, 4}, Amount{5, 6}, Amount{7, 8}}};
    return {kSampleStanding, Seq{}, AccountNumber{258}, {line, line}};
}

}  // namespace daybook::schema
