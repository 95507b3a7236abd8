// Ingress: the ROUTER socket. One file receives and answers; nothing here knows what a message
// means. One thread: the sequencer's. Private to sequencer/'s sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <zmq.hpp>

#include "base/result.h"
#include "sequencer/peers.h"

namespace daybook::sequencer {

class Ingress {
public:
    static Result<Ingress> open(zmq::context_t& context, const std::string& endpoint);

    // The next whole message, or nothing when none waits. What is not exactly one frame from a peer
    // that let us name it is dropped and counted.
    std::optional<Incoming> receive();

    // Never blocks. An answer that cannot be sent is dropped and counted: its producer asks again
    // with the same key and gets the stored receipt.
    void answer(PeerId peer, zmq::message_t message);

    // Before a clean end: lets what has been answered leave, for about a second at most.
    void finish();

    void* handle() { return socket_.handle(); }
    std::uint64_t dropped_messages() const { return dropped_messages_; }
    std::uint64_t dropped_answers() const { return dropped_answers_; }

private:
    explicit Ingress(zmq::socket_t socket) : socket_{std::move(socket)} {}

    bool send_id(PeerId peer);
    bool receive_frame(zmq::message_t& frame, zmq::recv_flags flags);

    zmq::socket_t socket_;
    std::uint64_t dropped_messages_ = 0;
    std::uint64_t dropped_answers_ = 0;
};

}  // namespace daybook::sequencer
