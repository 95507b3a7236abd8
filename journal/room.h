// Room: what a removed block took up in the data file, given back to the file system.
// Only for the .cc files of this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

struct MDB_env;

namespace daybook::journal {

struct Room {
    std::uint64_t offset = 0;  // in the data file; whole pages
    std::uint64_t bytes = 0;
};

// Appends the pages that hold `stored`, a value of the environment, and nothing else; none where it
// shares one.
void add_room(Bytes stored, std::vector<Room>& rooms);

// Gives back what the last txn removed, before another one may use it. Call only when no reader can
// still see it. How much; 0 where the file system can't.
Result<std::uint64_t> give_back(MDB_env* env, const std::vector<Room>& rooms);

}  // namespace daybook::journal
