#include "cli/standard_output.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include <climits>

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
            const auto taken = rest.substr(0, static_cast<std::size_t>(written));
            rest.remove_prefix(taken.size());
            // A signal that comes when a part has been taken ends the call without an error.
            if (rest.empty() || !is_stop_requested()) continue;
            if (!taken.ends_with('\n')) end_line(rest);
            return false;
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

void StandardOutput::end_line(std::string_view rest) {
    constexpr int kPatienceMs = 1000;
    rest = rest.substr(0, rest.find('\n') + 1);
    while (!rest.empty()) {
        pollfd output{STDOUT_FILENO, POLLOUT, 0};
        if (poll(&output, 1, kPatienceMs) <= 0) return;
        // A pipe that is ready takes so much at once.
        const auto written =
            write(STDOUT_FILENO, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
        if (written <= 0) return;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
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
