// Opening the snapshot: what of it agrees with the journal is taken over, anything else is thrown
// away, with a line that says why. It is only ever a short cut: the journal has it all.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/reader.h"
#include "ledger/book.h"
#include "state/book_file.h"
#include "state/key_runs.h"
#include "state/manifest.h"

namespace daybook::state {

struct Opened {
    Manifest manifest;
    std::shared_ptr<const KeyRuns> runs;
    std::optional<BookPlace> book;  // none: there is no book file
    std::vector<std::string> asset_codes;
    std::uint64_t account_count = 0;
};

// Makes the directory if it is missing. Every file it takes over has been read and compared with
// its checksum.
Result<Opened> open_or_reset(const std::filesystem::path& directory, journal::Snapshot& journal);

// Fills an empty book from the book file at `seq`.
Result<void> load_book(const std::filesystem::path& directory, Seq seq, Book& book);

// Removes what the manifest does not name.
Result<void> remove_others(const std::filesystem::path& directory, const Manifest& manifest);

}  // namespace daybook::state
