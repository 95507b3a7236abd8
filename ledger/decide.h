// decide / apply: the accounting rules. `decide` is pure: the same book, facts and command give the
// same decision on every machine. `apply` cannot fail.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/seq.h"
#include "ledger/book.h"
#include "ledger/command.h"
#include "ledger/outcome.h"
#include "ledger/touch.h"

namespace daybook {

// What the sequencer looked up for a command before it is decided.
struct Facts {
    // The command that bound this key before, durable or not.
    struct Prior {
        Seq seq;
        bool is_same_command;  // field by field as stated
        bool is_void;          // one of the two is a `void`: it gets the first one's receipt
    };
    std::optional<Prior> prior;
};

// Why an amount was not allowed: the balance as it stood and the bound it would have crossed.
struct Shortfall {
    AccountNumber account;
    std::uint16_t posting = 0;  // its index in the command, from 0
    SignedAmount balance;       // available for `insufficient_funds`, expected for `limit_exceeded`
    SignedAmount bound;
    friend bool operator==(const Shortfall&, const Shortfall&) = default;
};

// What is to happen. Reused from command to command so that deciding does not allocate.
struct Decision {
    enum class Kind : std::uint8_t {
        accepted,
        rejected,    // takes a Seq and a record
        replayed,    // the first receipt is the answer; nothing is written
        key_reused,  // refused; nothing is written
    };
    Kind kind = Kind::accepted;
    Rejection rejection = Rejection::none;
    // The account or asset number made, or already there, or at fault; 0 when there is none.
    std::uint64_t subject = 0;
    std::optional<Shortfall> shortfall;
    std::vector<Touch> touches;  // in the order of the postings

    void clear();
};

void decide(const Book& book, const Facts& facts, const Transfer& transfer, Decision& decision);
void decide(const Book& book, const Facts& facts, const Command& command, Decision& decision);

// Changes the book by an accepted decision under `seq` and links the decision's touches.
void apply(Book& book, Seq seq, const Command& command, Decision& decision);
void apply_touches(Book& book, Seq seq, Decision& decision);

}  // namespace daybook
