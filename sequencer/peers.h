// Peers: whom the clerk hears and answers. A seam: sockets, or the simulation's network. Nothing
// here knows what a message means. One thread: the sequencer's. Private to sequencer/'s sources.
#pragma once

#include <cstdint>
#include <optional>

#include <zmq.hpp>

#include "journal/block.h"

namespace daybook::sequencer {

// A connected peer, by the routing id the socket gave it. Never reused while it is connected.
using PeerId = std::uint64_t;

struct Incoming {
    PeerId peer = 0;
    zmq::message_t message;  // no more than a piece of memory
};

class Peers {
public:
    virtual ~Peers() = default;
    Peers() = default;
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;
    Peers(Peers&&) = delete;
    Peers& operator=(Peers&&) = delete;

    // The next whole message, or nothing when none waits.
    virtual std::optional<Incoming> receive() = 0;
    // Never blocks. An answer that cannot be sent is dropped: its producer asks again with the same
    // key and gets the stored receipt.
    virtual void answer(PeerId peer, zmq::message_t message) = 0;
    // Tells the subscribers of a block that has become durable.
    virtual void publish(const journal::BlockInfo& info, const journal::BlockBuilder& block) = 0;
};

}  // namespace daybook::sequencer
