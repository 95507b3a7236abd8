// Trial: the running trial balance of each asset, from stored after-images alone: an opinion that
// does not rest on the rules that made them.
#pragma once

#include <optional>
#include <vector>

#include "ledger/amount.h"
#include "ledger/book.h"
#include "ledger/touch.h"
#include "schema/record.h"

namespace daybook::cli {

class Trial {
public:
    // Takes in the record's touches. The asset whose debits and credits are not equal after it, if
    // any. Accounts must be in `book`.
    std::optional<AssetNumber> add(const schema::RecordView& record, const Book& book);

private:
    struct Posted {
        Amount debits;
        Amount credits;
    };

    std::vector<Posted> accounts_;    // by account number
    std::vector<Uint128> surpluses_;  // debits minus credits by asset number, modulo 2^128
};

}  // namespace daybook::cli
