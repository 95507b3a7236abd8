// A projection has no checksums of its own: what is wrong with it at rest is found where the book
// is at hand.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "base/seq.h"
#include "ledger/book.h"

namespace daybook::cli {

// Before the projector opens it. Compares every account, balance and open hold with `book`, which
// stands at `head`, if the projection stands there too (as after a clean stop); removes it, after a
// line that says why, where it differs or cannot be read: the projector then builds it again.
Result<void> drop_projection_unless_sound(const std::filesystem::path& directory, const Book& book,
                                          Seq head);

}  // namespace daybook::cli
