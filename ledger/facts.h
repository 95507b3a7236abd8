// Facts: what the sequencer looks up for a command before it is decided, so that deciding is pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/seq.h"
#include "ledger/amount.h"
#include "ledger/command.h"
#include "ledger/entry_id.h"
#include "ledger/numbers.h"

namespace daybook {

// A posting as it was made.
struct ResolvedPosting {
    AccountNumber account;
    Side side = Side::debit;
    Amount amount;
    friend bool operator==(const ResolvedPosting&, const ResolvedPosting&) = default;
};

// What an accepted command, or a member of one, posted.
struct MadeEntry {
    EntryId id;
    bool is_reversal = false;
    std::vector<ResolvedPosting> postings;  // in the order stated
    friend bool operator==(const MadeEntry&, const MadeEntry&) = default;
};

struct Facts {
    // The command that bound this key before, durable or not.
    struct Prior {
        Seq seq;
        bool is_same_command;  // field by field as stated
        bool is_void;          // one of the two is a `void`: it gets the first one's receipt
    };
    struct UsedReference {
        std::string reference;
        Seq seq;  // of the first command that had it
    };

    std::optional<Prior> prior = {};
    std::vector<MadeEntry> originals = {};            // of `entries_asked`, those that there are
    std::vector<UsedReference> used_references = {};  // of `references_asked`, those that are taken
};

// The Seq a command takes when it is decided, and the stamp of its block.
struct Turn {
    Seq seq;
    Stamp stamp;
};

// The entries of earlier Seqs that the command or its members reverse.
std::vector<EntryId> entries_asked(const Command& command);
// The references that it wants to be the first to have. They live as long as the command.
std::vector<std::string_view> references_asked(const Command& command);
// All references that it takes once it is accepted. They live as long as the command.
std::vector<std::string_view> references_taken(const Command& command);

}  // namespace daybook
