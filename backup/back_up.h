// back_up: adds to a backup what its journal has come to since, while a server may write to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "backup/block_source.h"
#include "backup/manifest.h"
#include "base/clock.h"
#include "base/result.h"
#include "journal/environment.h"

namespace daybook::backup {

struct BackedUp {
    Manifest manifest;  // as it is now
    std::size_t segments_added = 0;
    std::uint64_t blocks_added = 0;
    std::uint64_t records_added = 0;
    std::uint64_t bytes_added = 0;  // of files
};

// Up to the journal's head as it is now. Each segment is written, read back and verified before the
// backup has it. `damaged` when the backup is of another book, or its head is not in the journal.
Result<BackedUp> back_up(const std::shared_ptr<journal::Environment>& journal,
                         const std::filesystem::path& directory, Clock& clock, const GoOn& go_on);

}  // namespace daybook::backup
