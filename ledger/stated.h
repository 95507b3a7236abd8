// What each kind of command asks for, as stated (codes not yet resolved to numbers).
// Plain values; `form.h` says which are well formed, `command.h` gathers them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/entry_id.h"
#include "ledger/numbers.h"
#include "ledger/terms.h"

namespace daybook {

// The two-posting entry in its fixed-size form; accounts by number.
struct Transfer {
    Id128 key;
    AccountNumber debit;
    AccountNumber credit;
    Amount amount;
    Id128 tag;           // the producer's own mark; none is all zero
    Stamp effective_at;  // none: when it is recorded
    Balancing balancing = Balancing::none;
    friend bool operator==(const Transfer&, const Transfer&) = default;
};

// All others carry their preconditions; a member of an atomic has no key.

struct DefineAsset {
    Id128 key;
    std::string code;
    unsigned scale = 0;  // digits after the point, 0 to 18
    Preconditions require = {};
    friend bool operator==(const DefineAsset&, const DefineAsset&) = default;
};

struct OpenAccount {
    Id128 key;
    std::string code;
    std::string asset;
    AccountType type = AccountType::liability;
    Limits limits;
    Preconditions require = {};
    friend bool operator==(const OpenAccount&, const OpenAccount&) = default;
};

struct PostEntry {
    Id128 key;
    std::vector<Posting> postings;  // 2 to 255, balanced per asset
    Particulars particulars = {};
    Balancing balancing = Balancing::none;  // of two postings only
    std::optional<Rate> rate = {};
    Preconditions require = {};
    friend bool operator==(const PostEntry&, const PostEntry&) = default;
};

// Binds an unseen key to the rejection `voided`, so that giving up on it is safe.
struct VoidKey {
    Id128 key;
    friend bool operator==(const VoidKey&, const VoidKey&) = default;
};

// Reserves an amount: from now on neither available to the debited account nor posted to the other.
struct PlaceHold {
    Id128 key;
    AccountRef debit;
    AccountRef credit;
    Amount amount;
    Stamp expires_at;  // none: never
    Particulars particulars = {};
    Preconditions require = {};
    friend bool operator==(const PlaceHold&, const PlaceHold&) = default;
};

// Posts the held amount or a part of it, as an entry.
struct CaptureHold {
    Id128 key;
    EntryId hold;
    std::optional<Amount> amount = {};  // none: all that remains
    bool is_final = false;              // releases what then still remains
    Particulars particulars = {};
    Preconditions require = {};
    friend bool operator==(const CaptureHold&, const CaptureHold&) = default;
};

// Gives back all that remains.
struct ReleaseHold {
    Id128 key;
    EntryId hold;
    Particulars particulars = {};
    Preconditions require = {};
    friend bool operator==(const ReleaseHold&, const ReleaseHold&) = default;
};

// Gives back all that remains because the hold's time is over. Has no key: the ledger's own.
struct ExpireHold {
    EntryId hold;
    friend bool operator==(const ExpireHold&, const ExpireHold&) = default;
};

// Posts the mirror image of an entry, or of a part of it.
struct ReverseEntry {
    Id128 key;
    EntryId entry;
    // One a posting of the original, in its order, 0 where nothing is reversed; none: all that has
    // not been reversed yet.
    std::vector<Amount> amounts = {};
    Particulars particulars = {};
    Preconditions require = {};
    friend bool operator==(const ReverseEntry&, const ReverseEntry&) = default;
};

struct SetAccountState {
    Id128 key;
    AccountRef account;
    AccountState state = AccountState::open;
    Particulars particulars = {};
    Preconditions require = {};
    friend bool operator==(const SetAccountState&, const SetAccountState&) = default;
};

// Replaces both limits.
struct SetLimits {
    Id128 key;
    AccountRef account;
    Limits limits;
    Particulars particulars = {};
    Preconditions require = {};
    friend bool operator==(const SetLimits&, const SetLimits&) = default;
};

}  // namespace daybook
