// The book file: the book as it stood at a Seq, in one immutable file that is written and read from
// start to end. The keeper's thread, and the sequencer's while it starts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/seq.h"
#include "ledger/hold.h"
#include "state/book_changes.h"
#include "state/book_layout.h"
#include "state/file.h"

namespace daybook::state {

// The place in the journal that a book file shows.
struct BookPlace {
    Id128 book;
    Seq seq;
    std::uint64_t block_number = 0;  // of the block that holds it
    Stamp stamp;                     // of that block
    Hash256 block_hash;
};

struct SavedHold {
    EntryId id;
    Hold hold;
};

struct EndedHold {
    EntryId id;
    HoldState state = HoldState::captured;
};

struct ReversedEntry {
    EntryId id;
    std::vector<Amount> amounts;  // one a posting
};

std::string book_file_name(Seq seq);

// Reads parts in the order of the file, each as often as its count says; then `finish`. What was
// read is only to be believed after that.
class BookReader {
public:
    static Result<BookReader> open(const std::filesystem::path& directory, Seq seq);

    BookPlace place() const;
    const BookHeader& header() const { return header_; }

    Result<SavedAsset> asset();
    Result<SavedAccount> account();
    Result<SavedHold> hold();
    Result<EndedHold> ended();
    Result<ReversedEntry> reversed();

    // `damaged` when the file is not what was written.
    Result<void> finish();
    // The same, reading over what has not been read.
    Result<void> skip_rest();

private:
    BookReader(std::unique_ptr<File> file, const BookHeader& header);
    std::unexpected<Error> bad_file() const;

    std::unique_ptr<File> file_;
    BookHeader header_;
    SectionReader body_;
};

// Writes the book at `place`: the one before (none: an empty one) with `changes`. Durable, but for
// its name in the directory, when it returns.
Result<void> write_book(const std::filesystem::path& directory, const BookPlace& place,
                        std::optional<Seq> before, const BookChanges& changes);

}  // namespace daybook::state
