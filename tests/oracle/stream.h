// Stream: random commands on a book of its own, taken through the state machine and a journal as
// the sequencer does it, with the process "restarting" now and then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace daybook::oracle {

struct StreamFiles {
    std::string submissions;  // what was sent and answered, a JSON object a line
    std::string records;      // what `tail --json` prints
};

// Appends what happens to `files`. `directory` is emptied first. Aborts when anything fails that
// must not.
void run_stream(const std::filesystem::path& directory, std::uint64_t seed, std::size_t commands,
                StreamFiles& files);

}  // namespace daybook::oracle
