// EndpointClaims: the endpoints this process listens on, kept from other processes and from being
// given to two roles. ZeroMQ binds ipc:// by removing the socket's file, whoever listens there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace daybook::cli {

// The option that names it, and the endpoint; "" is none.
using NamedEndpoint = std::pair<std::string, std::string>;

class EndpointClaims {
public:
    // Locks `<path>.lock` beside each ipc:// socket; the file stays, its lock ends with this or the
    // process. `usage` when two are the same, `try_again` when another process has one.
    static Result<EndpointClaims> take(const std::vector<NamedEndpoint>& wanted);
    ~EndpointClaims();
    EndpointClaims(EndpointClaims&& other) noexcept : locks_{std::exchange(other.locks_, {})} {}
    EndpointClaims(const EndpointClaims&) = delete;
    EndpointClaims& operator=(const EndpointClaims&) = delete;
    EndpointClaims& operator=(EndpointClaims&&) = delete;

private:
    EndpointClaims() = default;
    Result<void> lock(const NamedEndpoint& wanted);

    std::vector<int> locks_;
};

}  // namespace daybook::cli
