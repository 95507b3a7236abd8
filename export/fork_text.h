// How it is said of a book that it is a fork: in JSON, and for people.
#pragma once

#include <optional>
#include <string>

#include "journal/block.h"
#include "json/fields.h"
#include "json/line.h"

namespace daybook::exports {

// `"fork_of":{"book":…,"seq":…,"block":…}`; nothing of a book that is none.
void write_origin(json::Line& line, const std::optional<journal::Origin>& origin);
std::optional<journal::Origin> read_origin(json::Fields& fields);

// `book 0123… at seq 5`
std::string describe(const journal::Origin& origin);

}  // namespace daybook::exports
