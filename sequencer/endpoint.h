// Which ZeroMQ endpoints may be bound, and how a failed bind is told. Private to sequencer/'s
// sources.
#pragma once

#include <cerrno>
#include <string>

#include <zmq.hpp>

#include "base/result.h"

namespace daybook::sequencer {

// Commands travel in the clear here, so only this host may reach the endpoint: ipc, inproc, or a
// loopback address.
Result<void> check_is_local(const std::string& endpoint);

// Calls again what a signal interrupted, even half way through a message of several frames.
template <typename Call>
auto uninterrupted(Call call) {
    for (;;) {
        try {
            return call();
        } catch (const zmq::error_t& error) {
            if (error.num() != EINTR) throw;
        }
    }
}

// Binds, and makes a new ipc socket's file accessible to its owner and group only.
Result<void> bind(zmq::socket_t& socket, const std::string& endpoint);

}  // namespace daybook::sequencer
