#include "sequencer/endpoint.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <sys/stat.h>

namespace daybook::sequencer {

Result<void> check_is_local(const std::string& endpoint) {
    constexpr std::array<std::string_view, 5> kLocal{"ipc://", "inproc://", "tcp://127.",
                                                     "tcp://localhost:", "tcp://[::1]:"};
    const bool is_local = std::ranges::any_of(
        kLocal, [&](std::string_view prefix) { return endpoint.starts_with(prefix); });
    if (is_local) return {};
    return fail(ErrorCode::configuration,
                "'" + endpoint +
                    "' is not a local endpoint: commands are not encrypted here; use "
                    "tcp://127.0.0.1:PORT or ipc://PATH");
}

Result<void> bind(zmq::socket_t& socket, const std::string& endpoint) {
    auto local = check_is_local(endpoint);
    if (!local) return local;
    const mode_t before = umask(0117);
    int problem = 0;
    try {
        socket.bind(endpoint);
    } catch (const zmq::error_t& error) {
        problem = error.num();
    }
    umask(before);
    if (problem == 0) return {};
    if (problem == EADDRINUSE) {
        return fail(
            ErrorCode::try_again,
            "'" + endpoint + "' is in use by another process; stop it or choose another endpoint");
    }
    return fail(ErrorCode::configuration, "cannot listen on '" + endpoint + "': " +
                                              zmq_strerror(problem) + "; mend the endpoint");
}

}  // namespace daybook::sequencer
