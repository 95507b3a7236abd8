// What an export's files say, recomputed from their content and compared with its manifest. Each
// finds the first place that cannot be as the journal had it.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.h"
#include "export/manifest.h"
#include "export/verify_export.h"
#include "export/walk.h"

namespace daybook::exports {

using Found = Result<std::optional<ExportFinding>>;

// Every record's bytes, the blocks' hashes and the chain are made again; of a cut from seq 1 also
// postings and totals.
Found check_jsonl(const std::filesystem::path& directory, const Manifest& manifest,
                  const GoOn& go_on);
// Running balances, both amounts, and per asset and record debits and credits; then balances.csv
// against the running balances.
Found check_csv(const std::filesystem::path& directory, const Manifest& manifest,
                const GoOn& go_on);

// The first thing that two manifests of one export say differently; `recomputed` is what its files
// give.
std::optional<ExportFinding> compare(const Manifest& stated, const Manifest& recomputed);

// The hash that a book's genesis block with this stamp has.
Hash256 genesis_hash(const Id128& book, Stamp stamp, const std::optional<journal::Origin>& origin);

}  // namespace daybook::exports
