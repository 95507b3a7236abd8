// What commands are made of: how they name an account, what they say of themselves, what they
// require, the rate they claim. Plain values; `form.h` says which are well formed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "ledger/account.h"
#include "ledger/amount.h"
#include "ledger/numbers.h"

namespace daybook {

// Names an account by number or by code; exactly one of the two is set.
struct AccountRef {
    AccountNumber number;
    std::string code;

    bool is_none() const { return number.is_none() && code.empty(); }
    friend bool operator==(const AccountRef&, const AccountRef&) = default;
};

struct Posting {
    AccountRef account;
    Side side = Side::debit;
    Amount amount;
    friend bool operator==(const Posting&, const Posting&) = default;
};

// What the producer says of a command; kept, never interpreted, but for the reference's uniqueness.
struct Particulars {
    std::string reference = {};        // the producer's business id; may be empty
    bool is_reference_unique = false;  // rejected if an accepted command of the book has it already
    std::string description = {};
    Id128 tag = {};           // the producer's own mark; none is all zero
    Stamp effective_at = {};  // past or future; none: when it is recorded
    friend bool operator==(const Particulars&, const Particulars&) = default;
};

// On disk and on the wire. Never renumber; append only.
enum class Measure : std::uint8_t { version = 1, posted = 2, available = 3 };
enum class Comparison : std::uint8_t { eq = 1, gt = 2, gte = 3, lt = 4, lte = 5 };

// What must be true of an account, touched by the command or not, for the command to be decided
// further. Balances are on the account's normal side, in minor units.
struct Precondition {
    AccountRef account;
    Measure measure = Measure::version;
    Comparison comparison = Comparison::eq;
    SignedAmount value;
    friend bool operator==(const Precondition&, const Precondition&) = default;
};
using Preconditions = std::vector<Precondition>;

// On disk and on the wire. Never renumber; append only.
enum class Rounding : std::uint8_t {
    down = 1,       // towards zero
    up = 2,         // away from zero
    half_up = 3,    // to the nearest; a tie goes up
    half_even = 4,  // to the nearest; a tie goes to the even one
};

// A claim about an entry in two assets, which the ledger verifies: the first posting is the
// seller's, its asset is sold, the other bought, and bought = round(sold × numerator /
// denominator), all in minor units. With a residue account, what is bought must be rounded up in
// total, and what rounding takes off must be posted to that account, on the side where the seller
// gets what he buys.
struct Rate {
    std::uint64_t numerator = 0;
    std::uint64_t denominator = 0;
    Rounding rounding = Rounding::down;
    AccountRef residue;  // none: the residue stays with whoever gives
    friend bool operator==(const Rate&, const Rate&) = default;
};

// Which side's account bounds a balancing transfer: as much as it can give or take within its
// limits, up to the stated amount. One without a minimum gives as if it were 0.
// On disk and on the wire. Never renumber; append only.
enum class Balancing : std::uint8_t { none = 0, debit = 1, credit = 2, both = 3 };

constexpr bool balances(Balancing balancing, Side side) {
    return (static_cast<unsigned>(balancing) & static_cast<unsigned>(side)) != 0;
}

std::string_view name_of(Measure measure);
std::string_view name_of(Comparison comparison);
std::string_view name_of(Rounding rounding);
std::string_view name_of(Balancing balancing);
std::optional<Measure> parse_measure(std::string_view text);
std::optional<Comparison> parse_comparison(std::string_view text);
std::optional<Rounding> parse_rounding(std::string_view text);
std::optional<Balancing> parse_balancing(std::string_view text);

}  // namespace daybook
