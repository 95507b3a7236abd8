#include "sequencer/waiting.h"

#include <catch2/catch.hpp>

using namespace daybook::sequencer;

namespace {

Incoming message_from(PeerId peer, std::size_t bytes) {
    return {peer, zmq::message_t{bytes}};
}

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

}  // namespace

TEST_CASE("what waits is taken out in the order it came", "[sequencer][waiting]") {
    Waiting waiting;
    for (PeerId peer = 1; peer <= 3; ++peer) {
        auto incoming = message_from(peer, 10);
        REQUIRE(waiting.push(incoming));
    }
    for (PeerId peer = 1; peer <= 3; ++peer)
        CHECK(waiting.pop().peer == peer);
    CHECK(waiting.is_empty());
}

TEST_CASE("a greedy peer is stopped at its share while others still get in",
          "[sequencer][waiting][I10]") {
    Waiting waiting;
    std::size_t taken = 0;
    for (int i = 0; i < 20; ++i) {
        auto incoming = message_from(1, kMebibyte);
        if (!waiting.push(incoming)) {
            CHECK(incoming.message.size() == kMebibyte);  // nothing was taken
            break;
        }
        ++taken;
    }
    CHECK(taken == Waiting::kPeerBytesMax / kMebibyte);
    auto other = message_from(2, kMebibyte);
    CHECK(waiting.push(other));
    waiting.pop();
    auto again = message_from(1, kMebibyte);
    CHECK(waiting.push(again));
}

TEST_CASE("many small messages of one peer are bounded by their number",
          "[sequencer][waiting][I10]") {
    Waiting waiting;
    std::size_t taken = 0;
    for (auto incoming = message_from(1, 1); waiting.push(incoming);
         incoming = message_from(1, 1)) {
        ++taken;
    }
    CHECK(taken == Waiting::kPeerMessagesMax);
}

TEST_CASE("all peers together are bounded too", "[sequencer][waiting][I10]") {
    Waiting waiting;
    std::size_t taken = 0;
    for (PeerId peer = 1; peer <= 1000; ++peer) {
        auto incoming = message_from(peer, kMebibyte);
        if (waiting.push(incoming)) ++taken;
    }
    CHECK(taken == Waiting::kBytesMax / kMebibyte);
}
