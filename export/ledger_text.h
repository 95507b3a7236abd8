// What the two plain-text accounting formats share: days, and text that must stay in its place.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace daybook::exports {

// `2026-03-01`, UTC.
std::string day_of(Stamp stamp);
std::string day_after(Stamp stamp);

// Percent-encodes every byte of `text` that is in `special`, and the percent sign itself.
void append_encoded(std::string& out, std::string_view text, std::string_view special);

}  // namespace daybook::exports
