// Readings: what is read of a data directory, the way users read it: the binary's own commands, run
// in this process, and a start of the sequencer. For a process that ends afterwards.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace daybook::rot {

using Words = std::vector<std::string>;

struct Said {
    int exit_code = 0;
    std::string output;  // standard output
    std::string errors;  // standard error
};

// One command of the binary.
Said run_command(const Words& words);

// What a sequencer that starts on `data` has in its book, and what it answers of every key in the
// journal. It leaves the journal as it is.
Said start_sequencer(const std::filesystem::path& data);

}  // namespace daybook::rot
