// JSON for people to read too.
#pragma once

#include <string>
#include <string_view>

namespace daybook::json {

// The same, with a line for each field of the object, and for each item of its lists.
std::string indented(std::string_view text);

}  // namespace daybook::json
