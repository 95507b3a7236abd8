// How a record differs from what is decided of its command now: named, for verify and what-if.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ledger/book.h"
#include "ledger/decide.h"
#include "ledger/outcome.h"
#include "schema/record.h"

namespace daybook::cli {

// In the order of how much each explains; what is behind follows from it, or may.
enum class DifferenceKind : std::uint8_t {
    outcome,   // accepted or rejected, and why
    subject,   // the number made, or at fault
    remarks,   // what else it changed, or why it was rejected
    touches,   // how many accounts it touches, and which
    balances,  // an after-image
    history,   // a version or a back pointer
    form,      // the command's bytes are not canonical
};
inline constexpr DifferenceKind kDifferenceKindLast = DifferenceKind::form;

std::string_view name_of(DifferenceKind kind);

struct RecordDifference {
    DifferenceKind kind = DifferenceKind::form;
    std::string account;  // code and number; empty when it is about no account
    std::string what;     // one sentence, or the name of the value that differs
    std::string stored;   // both empty when there is nothing to compare
    std::string decided;
};

// Without any text. The record and the one that the decision makes must not be equal.
DifferenceKind kind_of_difference(const schema::RecordView& record, const Decision& decision);
// The same with the first value of that kind that differs.
RecordDifference describe_difference(const schema::RecordView& record, const Decision& decision,
                                     const Book& book);

// How findings name an account: `users:alice (number 7)`.
std::string describe(const Book& book, AccountNumber number);
// `accepted`, or `rejected insufficient_funds`.
std::string outcome_text(Rejection rejection);

}  // namespace daybook::cli
