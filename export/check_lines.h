// check_lines: the lines of an export's file one after the other, until one is wrong.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "base/seq.h"
#include "export/content_check.h"
#include "export/walk.h"

namespace daybook::exports {

// Is given a line without its end and its number, from 1. An error tells what is wrong with it:
// that is the finding, at the Seq that `at` tells then.
using TakeLine = std::function<Result<void>(std::uint64_t number, std::string_view line)>;
using TellSeq = std::function<Seq()>;

Found check_lines(const std::filesystem::path& path, const TakeLine& take, const TellSeq& at,
                  const GoOn& go_on);

}  // namespace daybook::exports
