// The exit codes of `daybook` and its tools: 0 fine, 1 a finding, else one for each kind of remedy.
#pragma once

#include "base/result.h"

namespace daybook::cli {

inline constexpr int kExitFine = 0;
inline constexpr int kExitFinding =
    1;  // a rejected command, a trial balance that is off, damage found

constexpr int exit_code(ErrorCode code) {
    switch (code) {
        case ErrorCode::usage:
            return 64;
        case ErrorCode::bad_input:
            return 65;
        case ErrorCode::not_found:
            return 66;
        case ErrorCode::unreachable:
            return 69;
        case ErrorCode::cannot_create:
            return 73;
        case ErrorCode::io_failed:
            return 74;
        case ErrorCode::try_again:
            return 75;
        case ErrorCode::damaged:
            return 76;
        case ErrorCode::no_permission:
            return 77;
        case ErrorCode::configuration:
            return 78;
    }
    return 74;
}

}  // namespace daybook::cli
