// Moments and spans of time as people type them.
#pragma once

#include <chrono>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace daybook::json {

// RFC 3339: `2026-03-01T12:00:00Z`, with up to nine digits of a fraction and any offset; or a day
// alone, `2026-03-01`, which is its midnight UTC. `usage` for anything else, for what is outside
// 1678 to 2261, and for 1970-01-01T00:00:00Z itself, which a Stamp cannot tell from none.
Result<Stamp> parse_moment(std::string_view text);

// As parse_moment, for what was recorded by a moment, itself included: moments are shown with
// microseconds, so one with no more digits than that goes on until the next that would be shown.
Result<Stamp> parse_moment_through(std::string_view text);

// `90s`, `30m`, `12h` or `7d`: one whole number above 0 and its unit. `usage` for anything else.
Result<std::chrono::seconds> parse_time_span(std::string_view text);

}  // namespace daybook::json
