#include "cli/endpoint_claims.h"

#include <cerrno>
#include <cstddef>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace daybook::cli {

namespace {

constexpr mode_t kLockMode = 0660;

}  // namespace

EndpointClaims::~EndpointClaims() {
    for (const int fd : locks_)
        close(fd);
}

Result<EndpointClaims> EndpointClaims::take(const std::vector<NamedEndpoint>& wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        for (std::size_t j = i + 1; j < wanted.size() && !wanted[i].second.empty(); ++j) {
            if (wanted[i].second != wanted[j].second) continue;
            return fail(ErrorCode::usage, wanted[i].first + " and " + wanted[j].first +
                                              " are both '" + wanted[i].second +
                                              "'; give each an endpoint of its own");
        }
    }
    EndpointClaims claims;
    for (const auto& endpoint : wanted) {
        if (auto locked = claims.lock(endpoint); !locked) return std::unexpected{locked.error()};
    }
    return claims;
}

Result<void> EndpointClaims::lock(const NamedEndpoint& wanted) {
    constexpr std::string_view kIpc = "ipc://";
    const auto& [option, endpoint] = wanted;
    // An abstract socket (ipc://@name) has no file to lose, and a wildcard makes a new one.
    const bool has_file = endpoint.starts_with(kIpc) && endpoint.size() > kIpc.size() &&
                          endpoint[kIpc.size()] != '@' && endpoint[kIpc.size()] != '*';
    if (!has_file) return {};
    const std::string path = endpoint.substr(kIpc.size()) + ".lock";
    const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kLockMode);
    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR) return {};  // binding tells it
        const bool is_denied = errno == EACCES || errno == EPERM;
        return fail(is_denied ? ErrorCode::no_permission : ErrorCode::configuration,
                    "cannot lock " + path + ": " + std::system_category().message(errno) +
                        "; choose another endpoint with " + option);
    }
    locks_.push_back(fd);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return {};
    if (errno != EWOULDBLOCK) {
        return fail(ErrorCode::io_failed,
                    "cannot lock " + path + ": " + std::system_category().message(errno));
    }
    return fail(ErrorCode::try_again, "'" + endpoint +
                                          "' is in use by another process; stop it or choose "
                                          "another endpoint with " +
                                          option);
}

}  // namespace daybook::cli
