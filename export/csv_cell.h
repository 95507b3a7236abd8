// A cell of CSV (RFC 4180) as it is written and read back.
#pragma once

#include <string>
#include <string_view>

namespace daybook::exports {

inline constexpr std::string_view kCsvLineEnd = "\r\n";

// Text that somebody typed. What a spreadsheet would run as a formula (it starts with = + - @), and
// what starts with an apostrophe, gets an apostrophe in front; quoted where it must be.
void append_cell(std::string& out, std::string_view text);

// The text that was typed.
std::string_view without_escape(std::string_view cell);

}  // namespace daybook::exports
