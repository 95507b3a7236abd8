// What is answered to queries about one record: what it did and what hangs together with it; and
// who has a unique reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "ledger/amount.h"
#include "ledger/entry_id.h"
#include "ledger/numbers.h"
#include "ledger/outcome.h"
#include "schema/account_answers.h"
#include "schema/message.h"
#include "schema/query_answers.h"

namespace daybook::schema {

inline constexpr std::size_t kReversalsMax = 10'000;  // of one record, in an answer

struct ReversalLink {
    EntryId original;
    EntryId reversal;
    std::uint64_t postings = 0;  // how many of the original's it reverses, in whole or in part
    friend bool operator==(const ReversalLink&, const ReversalLink&) = default;
};

// A hold while it is open.
struct HoldNow {
    EntryId id;
    AccountNumber debit;
    AccountNumber credit;
    Amount remaining;
    Amount captured;   // together with what remains the amount placed
    Stamp expires_at;  // none: never
    friend bool operator==(const HoldNow&, const HoldNow&) = default;
};

struct EntryDetails {
    Standing standing;
    // Read by RunReader: the record with its block; empty when the journal, which is at the head,
    // has no such record.
    std::vector<std::byte> run;
    std::vector<ReversalLink> reversals;   // of what it posted; the first kReversalsMax
    std::vector<HoldNow> open_holds;       // that it placed
    std::vector<AccountDetails> accounts;  // that it touched, each once, as they stand now
};

struct FoundReference {
    Standing standing;
    EntryId id;  // of the command that has it, or the member; zero: nobody up to the watermark
};

std::vector<std::byte> encode_entry(const MessageHeader& asked, const Id128& book,
                                    const EntryDetails& entry);
std::vector<std::byte> encode_reference(const MessageHeader& asked, const Id128& book,
                                        const FoundReference& found);

// The asker's side. Everything is checked, as on the other.
std::expected<EntryDetails, Malformation> decode_entry(Bytes message);
std::expected<FoundReference, Malformation> decode_reference(Bytes message);

}  // namespace daybook::schema
