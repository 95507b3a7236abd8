// QuerySocket: the ROUTER that queries come to and answers leave by. Bounded in messages and bytes,
// never blocks. Nothing here knows what a message means. One thread: the query server's. Private to
// projector/'s sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "base/bytes.h"
#include "base/result.h"

namespace daybook::projector {

// A connected peer, by the routing id the socket gave it. Never reused while it is connected.
using PeerId = std::uint64_t;

struct IncomingQuery {
    PeerId peer = 0;
    zmq::message_t message;

    Bytes bytes() const { return {message.data<std::byte>(), message.size()}; }
};

class QuerySocket {
public:
    // `configuration` for an endpoint that others than this host can reach: answers are not
    // encrypted. `try_again` when another process has it.
    static Result<QuerySocket> open(zmq::context_t& context, const std::string& endpoint);

    // The next whole message; what is not one frame from a peer we named is dropped and counted.
    std::optional<IncomingQuery> receive();
    // An answer that cannot be sent is dropped and counted: its asker asks again.
    void answer(PeerId peer, Bytes message);

    void* handle() { return socket_.handle(); }
    std::uint64_t dropped_messages() const { return dropped_messages_; }
    std::uint64_t dropped_answers() const { return dropped_answers_; }

private:
    explicit QuerySocket(zmq::socket_t socket) : socket_{std::move(socket)} {}
    bool send_id(PeerId peer);

    zmq::socket_t socket_;
    std::uint64_t dropped_messages_ = 0;
    std::uint64_t dropped_answers_ = 0;
};

}  // namespace daybook::projector
