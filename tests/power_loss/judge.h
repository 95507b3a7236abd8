// Judge: whether what a power cut has left of a data directory is what it must be. Each judgement
// is made by a child process, as damaged files may end who reads them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace daybook::power_loss {

// What had been promised when the power went.
struct Promises {
    std::uint64_t ledger = 0;    // the last Seq that an answer rested on
    std::uint64_t backup = 0;    // the last Seq of a backup that was said to be done
    std::uint64_t restored = 0;  // and of what was said to be restored from it
};

// Why the state is bad; empty when it is not. `place` holds `data/`, `backup/` and `restored/`;
// what the judge needs is made in `aside`.
std::string judge(const std::filesystem::path& place, const std::filesystem::path& aside,
                  const Promises& promises);

}  // namespace daybook::power_loss
