// OutsideStatement: what somebody else, a bank say, says of the account: two balances and the lines
// between them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "reconcile/line.h"

namespace daybook::reconcile {

// What the account's amounts are in: what a statement must be in too.
struct Money {
    std::string asset;
    unsigned scale = 0;
};

struct OutsideStatement {
    SignedAmount opening;
    SignedAmount closing;
    std::vector<Line> lines;    // in the statement's order, numbered from 1
    std::uint64_t pending = 0;  // entries announced and not booked: in no balance, so no lines
    Day last;                   // what it tells of ends with this day
    std::uint64_t zeros = 0;    // booked entries that move nothing: no lines either
};

// Opening plus lines is closing, or `bad_input` that names the difference. So a statement that was
// cut, or read by a wrong map, is not compared with anything.
Result<void> check_sum(const OutsideStatement& statement, const Money& money);

// One after the other: each must begin with the balance that the one before it ends with. At least
// one (checked).
Result<OutsideStatement> join(std::vector<OutsideStatement> statements, const Money& money);

// `12.50`, with the asset.
std::string in_words(SignedAmount amount, const Money& money);

// A decimal number of at most the asset's digits behind the point, perhaps with a sign.
// `bad_input` says what is wrong with it.
Result<SignedAmount> parse_money(std::string_view text, const Money& money);

// Spaces and line ends together are one space; none at the ends.
std::string in_one_line(std::string_view text);

}  // namespace daybook::reconcile
