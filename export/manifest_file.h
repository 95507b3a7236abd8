// The file that says what a directory holds: of an export, and of a backup.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daybook::exports {

inline constexpr std::string_view kManifestName = "manifest.json";

// Its text. `not_found` when the directory has none: then there is no `what` ("export") in it, and
// the remedy is to name the one that `maker` ("daybook export --out") made. `no_permission` when it
// cannot be read.
Result<std::string> read_manifest_text(const std::filesystem::path& directory,
                                       std::string_view what, std::string_view maker);

}  // namespace daybook::exports
