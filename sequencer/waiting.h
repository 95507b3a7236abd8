// Waiting: messages that came while no block had room for them. Bounded in all and for each peer,
// so that a greedy peer is told `overloaded` while the others go on. Private to sequencer/'s
// sources.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>

#include "sequencer/peers.h"

namespace daybook::sequencer {

class Waiting {
public:
    static constexpr std::size_t kBytesMax = std::size_t{64} << 20;
    static constexpr std::size_t kPeerBytesMax = std::size_t{8} << 20;
    static constexpr std::size_t kPeerMessagesMax = 1024;

    // False, and nothing taken, when the message would pass a bound.
    bool push(Incoming& incoming);
    // Not when empty.
    const Incoming& front() const { return queue_.front(); }
    Incoming pop();
    bool is_empty() const { return queue_.empty(); }
    std::size_t bytes() const { return bytes_; }

private:
    struct Share {
        std::size_t bytes = 0;
        std::size_t messages = 0;
    };

    std::deque<Incoming> queue_;
    std::unordered_map<PeerId, Share> shares_;  // of the peers that have something waiting
    std::size_t bytes_ = 0;
};

}  // namespace daybook::sequencer
