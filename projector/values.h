// What the projection holds, as values.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/seq.h"
#include "ledger/account.h"
#include "ledger/entry_id.h"
#include "ledger/history.h"
#include "ledger/numbers.h"

namespace daybook::projector {

// Up to where the journal has been applied. State and watermark change in one transaction.
struct Watermark {
    Seq seq;  // last applied; 0 before the first
    std::uint64_t block_number = 0;
    Stamp stamp;         // of that block
    Hash256 block_hash;  // the chain's head there
    Id128 book;
};

struct AssetInfo {
    AssetNumber number;
    std::string code;
    unsigned scale = 0;  // digits after the point
};

struct AccountInfo {
    AccountNumber number;
    std::string code;
    AssetNumber asset;
    AccountType type = AccountType::liability;
    AccountState state = AccountState::open;
    Limits limits;
    Seq opened;
};

struct Balance {
    Totals totals;
    std::uint64_t version = 0;  // how many touches the account has had
    TouchPointer last;          // the newest of them; none when untouched
};

// A hold while it is open.
struct OpenHold {
    EntryId id;
    AccountNumber debit;
    AccountNumber credit;
    Amount remaining;
    Amount captured;   // together with what remains the amount placed
    Stamp expires_at;  // none: never
};

// An entry, and one that reverses some of its postings.
struct Reversal {
    EntryId original;
    EntryId reversal;
    std::uint64_t postings = 0;
};

struct Sizes {
    std::uint64_t assets = 0;
    std::uint64_t accounts = 0;
    std::uint64_t open_holds = 0;
    std::uint64_t reversals = 0;
    std::uint64_t references = 0;  // unique ones
    std::uint64_t codes = 0;       // of accounts
    std::uint64_t past_terms = 0;  // states and limits that have ended
};

}  // namespace daybook::projector
