#include "cli/standard_output.h"

#include <cerrno>
#include <csignal>
#include <string_view>
#include <system_error>
#include <unistd.h>

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

}  // namespace daybook::cli
