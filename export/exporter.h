// export_journal: writes one cut of the journal to a directory, in one format, with its manifest.
// The same cut gives the same bytes, whenever and wherever it is exported.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "export/manifest.h"
#include "export/walk.h"
#include "journal/environment.h"

namespace daybook::exports {

struct ExportOptions {
    Format format = Format::csv;
    Cut cut;                          // from <= to (checked)
    std::filesystem::path directory;  // made whole, or not at all
    bool must_replace = false;        // an export that is there already
    // camt053: the accounts, at least one (checked), and the number of their statements.
    std::vector<std::string> accounts = {};
    std::uint64_t statement = 1;
    std::filesystem::path sign_key =
        {};  // a private Ed25519 key; empty: the manifest is not signed
    GoOn go_on = {};
};

// `cannot_create` when it cannot be written; then, as after every error, nothing is left under the
// directory's name.
Result<Manifest> export_journal(const std::shared_ptr<journal::Environment>& journal,
                                const ExportOptions& options);

}  // namespace daybook::exports
