// decide / apply: the accounting rules. `decide` is pure: the same book, facts, command and turn
// give the same decision on every machine. `apply` cannot fail.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/seq.h"
#include "ledger/book.h"
#include "ledger/command.h"
#include "ledger/facts.h"
#include "ledger/outcome.h"
#include "ledger/remark.h"
#include "ledger/touch.h"

namespace daybook {

inline constexpr std::size_t kTouchesMax = 1024;  // of one Seq

// What is to change in the book beside the totals; each thing once, as it is in the end.
struct Changes {
    struct ChangedAccount {
        AccountNumber number;
        bool is_new = false;
        Standing standing;
        std::string code;  // of a new one
        Limits limits;
    };
    struct ChangedHold {
        EntryId id;
        Hold hold;
    };
    struct ChangedEntry {
        EntryId id;
        std::vector<Amount> reversed;  // one a posting
    };

    std::vector<Asset> assets;  // new ones
    std::vector<ChangedAccount> accounts;
    std::vector<ChangedHold> holds;
    std::vector<ChangedEntry> entries;

    void clear();
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
    // The account or asset number made, or already there, or at fault, or the Seq that has the
    // reference; 0 when there is none.
    std::uint64_t subject = 0;
    std::vector<Remark> remarks;
    std::vector<Touch> touches;  // in the order of the postings
    Changes changes;

    bool is_accepted() const { return kind == Kind::accepted; }
    void clear();
};

// A transfer needs no facts but its key's, which the caller has looked at.
void decide(const Book& book, const Transfer& transfer, const Turn& turn, Decision& decision);
void decide(const Book& book, const Facts& facts, const Command& command, const Turn& turn,
            Decision& decision);

// Changes the book by an accepted decision under the Seq of its turn and links its touches.
void apply(Book& book, Seq seq, Decision& decision);
void apply_touches(Book& book, Seq seq, Decision& decision);

}  // namespace daybook
