// Ids of entries and holds as people type them.
#pragma once

#include <string>

#include "base/result.h"
#include "ledger/entry_id.h"

namespace daybook::cli {

inline constexpr const char* kIdHelp =
    "The seq that made it, e.g. 12; 12.3 for member 3 of an atomic, whose 12 is member 0 alone";

// `usage` when it is none, or names no seq.
inline Result<EntryId> parse_typed_id(const std::string& text) {
    const auto id = parse_entry_id(text);
    if (id && !id->is_of_this_seq()) return *id;
    return fail(ErrorCode::usage,
                "'" + text + "' is not an id: write a seq, 12, or that of a member, 12.3");
}

}  // namespace daybook::cli
