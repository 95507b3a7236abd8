// Plants: lies put into a good history, each of which a judge must find.
#pragma once

#include <cstdint>
#include <string>

#include "tests/history/history.h"

namespace daybook::history {

// False when there is no such lie, or no place for it. The names: see plants.cc.
bool plant(const std::string& lie, std::uint64_t seed, History& history);

}  // namespace daybook::history
