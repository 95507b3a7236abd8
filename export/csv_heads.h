// The first rows of the three CSV files.
#pragma once

#include <string_view>

namespace daybook::exports {

inline constexpr std::string_view kEntriesHead =
    "seq,line,kind,account,asset,side,amount_minor,amount,balance_minor,balance,reference,"
    "description,effective_at,recorded_at,hash\r\n";
inline constexpr std::string_view kBalancesHead =
    "account,number,type,state,asset,posted_debits_minor,posted_credits_minor,held_debits_minor,"
    "held_credits_minor,balance_minor,balance,available_minor,available,version\r\n";
inline constexpr std::string_view kTrialHead =
    "account,type,asset,opening_debit,opening_credit,debits,credits,closing_debit,closing_credit"
    "\r\n";

}  // namespace daybook::exports
