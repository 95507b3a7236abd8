// verify_export: whether an export is what its manifest says, recomputed from its files alone: no
// server, no journal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/seq.h"
#include "export/manifest.h"
#include "export/walk.h"

namespace daybook::exports {

// The first place where an export is not what it says.
struct ExportFinding {
    std::string file;
    std::uint64_t line = 0;  // from 1; 0: the file as a whole
    Seq seq;                 // none: about no one record
    std::string what;
    std::string stored;  // both empty when there is nothing to compare
    std::string recomputed;
};

struct ExportCheck {
    Manifest manifest;
    std::optional<ExportFinding> finding;
};

// `not_found` and `bad_input` when there is no export or its manifest is none.
// With the path of a public key the manifest must be signed by its owner.
Result<ExportCheck> verify_export(const std::filesystem::path& directory,
                                  const std::filesystem::path& public_key, const GoOn& go_on = {});

}  // namespace daybook::exports
