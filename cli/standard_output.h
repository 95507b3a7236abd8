// StandardOutput: text gathered and written in large pieces. A reader that has gone away (`| head`)
// is not an error: there is nobody left to write for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace daybook::cli {

class StandardOutput {
public:
    // From here on a closed pipe is noticed instead of ending the process.
    StandardOutput();

    // Append to it; write it out with flush() when is_full().
    std::string& text() { return text_; }
    bool is_full() const { return text_.size() >= kPieceBytes; }

    // Writes everything; may block as long as the reader wants. False when there is no reader any
    // more, or a signal asked to stop meanwhile.
    Result<bool> flush();

private:
    // Once a signal asked to stop: goes on to the end of the line, if its reader takes it soon.
    static void end_line(std::string_view rest);

    static constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

    std::string text_;
};

// Opens what is closed of standard input, output and error on nothing: else the next file opened
// would take its place, a journal's for instance, and be written to as if it were the terminal.
void keep_standard_descriptors();

// Writes out what has been printed. Returns `exit_code`, or, after a line, that of output which
// cannot be written when it was to be 0.
int end_output(int exit_code);

}  // namespace daybook::cli
