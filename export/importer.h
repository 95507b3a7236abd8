// import_journal: a book rebuilt from its JSONL exports, identical to the byte: the same Seqs, the
// same blocks, the same chain.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "export/manifest.h"
#include "export/walk.h"

namespace daybook::exports {

struct ImportedJournal {
    Manifest first;  // of the first export
    Manifest last;
    std::uint64_t blocks = 0;
};

// `exports` are directories of JSONL exports that follow each other, from seq 1 to the end of a
// block. Every block's hash is compared before the next is read. `data` must not exist or be empty:
// the book is built in `<data>.partial` and renamed, so there is a whole one or none. `bad_input`
// names the file and the line.
Result<ImportedJournal> import_journal(const std::vector<std::filesystem::path>& exports,
                                       const std::filesystem::path& data, const GoOn& go_on);

}  // namespace daybook::exports
