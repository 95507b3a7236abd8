// BookFacts: what the query endpoint knows of the whole book and its journal, for those who watch
// it: how much there is, what was decided, how large and how far apart the newest blocks are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/seq.h"
#include "ledger/outcome.h"
#include "schema/message.h"
#include "schema/query_answers.h"

namespace daybook::schema {

inline constexpr std::size_t kRecentBlocksMax = 100;

// Up to the watermark.
struct BookSizes {
    std::uint64_t assets = 0;
    std::uint64_t accounts = 0;
    std::uint64_t open_holds = 0;
    std::uint64_t reversals = 0;   // pairs of entries
    std::uint64_t references = 0;  // unique ones
    friend bool operator==(const BookSizes&, const BookSizes&) = default;
};

// A group commit.
struct RecentBlock {
    std::uint64_t number = 0;
    Seq first_seq;
    Stamp stamp;
    std::uint64_t payload_bytes = 0;
    std::uint32_t record_count = 0;
    friend bool operator==(const RecentBlock&, const RecentBlock&) = default;
};

struct BookFacts {
    Standing standing;
    BookSizes sizes;
    // How many records up to the watermark ended so, since the book began: by rejection, the first
    // are the accepted ones. Codes may come later that this side does not know.
    std::vector<std::uint64_t> outcomes;
    std::vector<RecentBlock> blocks;  // of the journal, newest first

    std::uint64_t accepted() const { return outcomes.empty() ? 0 : outcomes.front(); }
    std::uint64_t rejected() const;
};

std::vector<std::byte> encode_facts(const MessageHeader& asked, const Id128& book,
                                    const BookFacts& facts);
std::expected<BookFacts, Malformation> decode_facts(Bytes message);

}  // namespace daybook::schema
