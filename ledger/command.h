// Commands: what a producer asks for, as stated (codes not yet resolved to numbers).
// Plain values; `form.h` says which are well formed.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/numbers.h"

namespace daybook {

// On disk and on the wire. Never renumber; append only.
enum class CommandKind : std::uint8_t {
    transfer = 1,
    define_asset = 2,
    open_account = 3,
    post_entry = 4,
    void_key = 5,
    place_hold = 6,
    capture_hold = 7,
    release_hold = 8,
    expire_hold = 9,  // by the system producer only
    reverse_entry = 10,
    set_account_state = 11,
    set_limits = 12,
    atomic = 13,
};

// Names an account by number or by code; exactly one of the two is set.
struct AccountRef {
    AccountNumber number;
    std::string code;
    friend bool operator==(const AccountRef&, const AccountRef&) = default;
};

// The two-posting entry in its fixed-size form; accounts by number.
struct Transfer {
    Id128 key;
    AccountNumber debit;
    AccountNumber credit;
    Amount amount;
    Id128 tag;           // the producer's own mark; none is all zero
    Stamp effective_at;  // none: when it is recorded
    friend bool operator==(const Transfer&, const Transfer&) = default;
};

struct DefineAsset {
    Id128 key;
    std::string code;
    unsigned scale = 0;  // digits after the point, 0 to 18
    friend bool operator==(const DefineAsset&, const DefineAsset&) = default;
};

struct OpenAccount {
    Id128 key;
    std::string code;
    std::string asset;
    AccountType type = AccountType::liability;
    Limits limits;
    friend bool operator==(const OpenAccount&, const OpenAccount&) = default;
};

struct Posting {
    AccountRef account;
    Side side = Side::debit;
    Amount amount;
    friend bool operator==(const Posting&, const Posting&) = default;
};

struct PostEntry {
    Id128 key;
    std::vector<Posting> postings;  // 2 to 255, balanced per asset
    std::string reference;          // the caller's business id; may be empty
    std::string description;
    Id128 tag;
    Stamp effective_at;
    friend bool operator==(const PostEntry&, const PostEntry&) = default;
};

// Binds an unseen key to the rejection `voided`, so that giving up on it is safe.
struct VoidKey {
    Id128 key;
    friend bool operator==(const VoidKey&, const VoidKey&) = default;
};

using Command = std::variant<Transfer, DefineAsset, OpenAccount, PostEntry, VoidKey>;

const Id128& key_of(const Command& command);
CommandKind kind_of(const Command& command);
std::string_view name_of(CommandKind kind);

}  // namespace daybook
