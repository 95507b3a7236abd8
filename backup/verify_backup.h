// verify_backup: every byte of a backup, and that its blocks are one chain, the manifest's.
#pragma once

#include <filesystem>
#include <functional>

#include "backup/block_source.h"
#include "backup/manifest.h"
#include "base/result.h"
#include "journal/block.h"

namespace daybook::backup {

// Each block once it is verified; an error ends it.
using SeeBlock = std::function<Result<void>(const journal::BlockInfo& block)>;

// `damaged` names the first place that is not as it was written; `not_found` when the backup holds
// nothing yet.
Result<void> verify_backup(const std::filesystem::path& directory, const Manifest& manifest,
                           const SeeBlock& see, const GoOn& go_on);

}  // namespace daybook::backup
