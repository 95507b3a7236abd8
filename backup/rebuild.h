// A book built again from its blocks in a new data directory: the same book, its beginning, or a
// fork.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "backup/block_source.h"
#include "backup/manifest.h"
#include "base/result.h"
#include "journal/environment.h"

namespace daybook::backup {

// What was built. Its journal was read back and verified before it got its name.
struct Rebuilt {
    journal::BlockInfo head;
    std::optional<journal::Origin> origin = {};  // of a fork
    // Whether the head is a block of the original; else its last block is cut and sealed anew.
    bool has_original_head = false;
};

// A backup that has been verified, to a new data directory `data`. Up to `to`, which the backup
// must have (`not_found`); all of it without. The blocks are the same to the byte, but for the last
// when `to` is inside of it.
Result<Rebuilt> restore(const std::filesystem::path& directory, const Manifest& manifest,
                        const std::filesystem::path& data, const std::optional<Seq>& to,
                        const GoOn& go_on);

// The records up to `at` as a book of its own, whose genesis block says where it left the other.
Result<Rebuilt> fork(const std::filesystem::path& directory, const Manifest& manifest, Seq at,
                     const Id128& book, const std::filesystem::path& data, const GoOn& go_on);
// The same of a journal, beside its server.
Result<Rebuilt> fork(const std::shared_ptr<journal::Environment>& journal, Seq at,
                     const Id128& book, const std::filesystem::path& data, const GoOn& go_on);

}  // namespace daybook::backup
