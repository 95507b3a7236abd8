// What a measurement was made on: without it no figure means anything.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace daybook::bench {

// Processor, memory, kernel, the file system `dir` is on, libraries, load before the start: a name
// and a text each.
std::vector<std::pair<std::string, std::string>> describe_environment(
    const std::filesystem::path& dir);

// `cannot_create` when the disk of `dir` has no room for `bytes` and what a server keeps free.
Result<void> check_room(const std::filesystem::path& dir, double bytes);

}  // namespace daybook::bench
