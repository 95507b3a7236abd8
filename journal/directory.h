// What must hold of a journal's directory, before and after LMDB works in it.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace daybook::journal {

// Ours alone (owner, mode 0700) and on a local file system. Each refusal names its remedy.
Result<void> check_directory(const std::filesystem::path& directory);

// Makes the directory's entries durable; LMDB never does.
Result<void> sync_directory(const std::filesystem::path& directory);

// Makes durable what is named in it, and its own name: for whoever builds on what is there, as who
// gave the names may have died before.
Result<void> sync_names(const std::filesystem::path& directory);

// Makes the directory, closed to other users, and those above it that are missing. Its name, and
// theirs, are durable when it returns; also of one that was there, as its maker may have died.
Result<void> make_directories(const std::filesystem::path& directory);

}  // namespace daybook::journal
