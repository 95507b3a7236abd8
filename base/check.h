// CHECK_INVARIANT: an assertion about ourselves that is on in every build and ends the process.
// Never for input: what a peer, a user or a disk can cause is a Result or a rejection.
#pragma once

namespace daybook {

// Prints one line to standard error and aborts.
[[noreturn]] void invariant_broken(const char* condition, const char* why, const char* file,
                                   int line);

}  // namespace daybook

// A macro because the condition's text and place belong in the message.
#define CHECK_INVARIANT(condition, why)                                       \
    do {                                                                      \
        if (!(condition)) [[unlikely]]                                        \
            ::daybook::invariant_broken(#condition, why, __FILE__, __LINE__); \
    } while (false)
