#include "cli/account_json.h"

#include "ledger/account.h"

namespace daybook::cli {

void write_account(json::Line& json, const AccountLine& line, Seq as_of) {
    const auto& [account, balance, asset] = line;
    const auto& totals = balance.totals;
    json.begin_object()
        .text("account", account.code)
        .big("number", account.number.value())
        .text("type", name_of(account.type))
        .text("state", name_of(account.state))
        .text("asset", asset.code)
        .small("scale", asset.scale);
    if (account.limits.min) json.amount("min", *account.limits.min);
    if (account.limits.max) json.amount("max", *account.limits.max);
    json.amount("posted", posted_balance(account.type, totals))
        .amount("available", available_balance(account.type, totals))
        .amount("expected", expected_balance(account.type, totals))
        .amount("posted_debits", totals.posted_debits)
        .amount("posted_credits", totals.posted_credits)
        .amount("held_debits", totals.held_debits)
        .amount("held_credits", totals.held_credits)
        .big("version", balance.version)
        .big("opened_seq", account.opened);
    if (!balance.last.is_none()) json.big("last_touched_seq", balance.last.seq());
    json.big("as_of_seq", as_of).end_object();
}

}  // namespace daybook::cli
