#include "cli/standard_output.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/signals.h"

namespace daybook::cli {

StandardOutput::StandardOutput() {
    std::signal(SIGPIPE, SIG_IGN);
}

Result<bool> StandardOutput::flush() {
    std::string_view rest = text_;
    while (!rest.empty()) {
        const auto written = write(STDOUT_FILENO, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
            // A signal that comes when a part has been taken ends the call without an error.
            if (!rest.empty() && is_stop_requested()) return false;
            continue;
        }
        if (errno == EPIPE) return false;
        if (errno != EINTR) {
            return fail(ErrorCode::cannot_create,
                        "cannot write the output: " + std::system_category().message(errno));
        }
        if (is_stop_requested()) return false;
    }
    text_.clear();
    return true;
}

void keep_standard_descriptors() {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        if (fcntl(fd, F_GETFD) != -1 || errno != EBADF) continue;
        // The lowest free descriptor is given: this one.
        if (open("/dev/null", O_RDWR) != fd) return;
    }
}

int end_output(int exit_code) {
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_code;
    const int problem = errno;
    // Whoever reads it has gone: there is nobody to tell.
    if (problem == EPIPE || exit_code != kExitFine) return exit_code;
    return report({ErrorCode::cannot_create,
                   "cannot write the output: " + std::system_category().message(problem) +
                       "; what was asked for has been done"});
}

}  // namespace daybook::cli
