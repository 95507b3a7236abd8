// Touch: one change of one account, with the account's whole state after it.
#pragma once

#include <cstdint>

#include "ledger/account.h"
#include "ledger/history.h"
#include "ledger/numbers.h"

namespace daybook {

struct Touch {
    AccountNumber account;
    std::uint64_t version = 0;  // how many touches the account has had, this one included
    History::Links links;       // filled by `apply`
    Totals after;
    friend bool operator==(const Touch&, const Touch&) = default;
};

}  // namespace daybook
