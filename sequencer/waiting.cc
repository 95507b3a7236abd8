#include "sequencer/waiting.h"

namespace daybook::sequencer {

bool Waiting::push(Incoming& incoming) {
    const std::size_t bytes = incoming.message.size();
    Share& share = shares_[incoming.peer];
    const bool has_room = bytes_ + bytes <= kBytesMax && share.bytes + bytes <= kPeerBytesMax &&
                          share.messages < kPeerMessagesMax;
    if (!has_room) {
        if (share.messages == 0) shares_.erase(incoming.peer);
        return false;
    }
    share.bytes += bytes;
    ++share.messages;
    bytes_ += bytes;
    queue_.push_back(std::move(incoming));
    return true;
}

Incoming Waiting::pop() {
    Incoming incoming = std::move(queue_.front());
    queue_.pop_front();
    const std::size_t bytes = incoming.message.size();
    const auto share = shares_.find(incoming.peer);
    share->second.bytes -= bytes;
    if (--share->second.messages == 0) shares_.erase(share);
    bytes_ -= bytes;
    return incoming;
}

}  // namespace daybook::sequencer
