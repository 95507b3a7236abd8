// What an export's files say, recomputed from their content and compared with its manifest. Each
// finds the first place that cannot be as the journal had it. JSONL and camt.053, which go on in
// the next export, have checks of their own (jsonl_check.h, camt_check.h).
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "export/export_finding.h"
#include "export/manifest.h"
#include "export/walk.h"

namespace daybook::exports {

using Found = Result<std::optional<ExportFinding>>;

// Places, times, both amounts and running balances of the rows, and that each record balances;
// balances.csv against them, and trial-balance.csv against both.
Found check_csv(const std::filesystem::path& directory, const Manifest& manifest,
                const GoOn& go_on);
// Postings and sums, that each transaction balances, and the balances that are asserted.
Found check_hledger(const std::filesystem::path& directory, const Manifest& manifest,
                    const GoOn& go_on);
Found check_beancount(const std::filesystem::path& directory, const Manifest& manifest,
                      const GoOn& go_on);

// The first thing that two manifests of one export say differently; `recomputed` is what its files
// give.
std::optional<ExportFinding> compare(const Manifest& stated, const Manifest& recomputed);

// The hash that a book's genesis block with this stamp has.
Hash256 genesis_hash(const Id128& book, Stamp stamp, const std::optional<journal::Origin>& origin);

}  // namespace daybook::exports
