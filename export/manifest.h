// Manifest: what an export is of and what it comes to: the cut, the chain's blocks at its ends, the
// totals and the files. Written beside them; docs/export.md has its fields.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "export/manifest_file.h"
#include "export/output_file.h"
#include "journal/block.h"
#include "ledger/amount.h"

namespace daybook::exports {

inline constexpr unsigned kManifestVersion = 1;

enum class Format { csv, jsonl, hledger, beancount, camt053 };
std::string_view name_of(Format format);
std::optional<Format> parse_format(std::string_view text);

// A block of the chain that the cut begins or ends in.
struct ChainBlock {
    std::uint64_t number = 0;
    Seq first_seq;
    std::uint32_t records = 0;
    Stamp stamp;
    Hash256 previous;
    Hash256 hash;

    Seq last_seq() const { return Seq{first_seq.value() + records - 1}; }
    friend bool operator==(const ChainBlock&, const ChainBlock&) = default;
};
ChainBlock chain_block_of(const journal::BlockInfo& info);

// What was posted in an asset: in the cut, and by all records before it.
struct AssetTotals {
    std::string asset;
    unsigned scale = 0;
    Amount debits = {};
    Amount credits = {};
    Amount debits_before = {};
    Amount credits_before = {};
    friend bool operator==(const AssetTotals&, const AssetTotals&) = default;
};

struct Counts {
    std::uint64_t records = 0;
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    std::uint64_t postings = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
};

struct Manifest {
    Format format = Format::csv;
    Id128 book;
    Hash256 genesis_hash;
    Stamp genesis_stamp;
    std::optional<journal::Origin> origin = {};  // of a book that is a fork
    Seq from;
    Seq to;
    Counts counts;
    ChainBlock first_block;  // holds `from`
    ChainBlock last_block;   // holds `to`; its hash is the chain's head there
    std::vector<AssetTotals> totals;
    std::vector<std::string> accounts = {};       // camt053: those that were asked for
    std::optional<std::uint64_t> statement = {};  // camt053: its number
    std::vector<WrittenFile> files;
};

// JSON, one field a line.
std::string to_text(const Manifest& manifest);
// `bad_input` says what is wrong with it.
Result<Manifest> parse_manifest(std::string_view text);
// That of an export; `not_found` when the directory has none.
Result<Manifest> read_manifest(const std::filesystem::path& directory);

// Whether `next` continues `before` without gap or overlap: Seqs, chain, totals, and of camt053 the
// statements of the same accounts. Empty when it does, else why not.
std::string why_not_adjacent(const Manifest& before, const Manifest& next);

}  // namespace daybook::exports
