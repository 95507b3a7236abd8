#include "sequencer/ingress.h"

#include <cstring>

#include "schema/message.h"
#include "sequencer/endpoint.h"

namespace daybook::sequencer {

namespace {

constexpr std::size_t kRoutingIdBytes = 5;  // a zero byte, then four the socket chose

// The socket counts messages, so the largest count: at most 8 MiB wait to be read from a peer.
constexpr int kMessagesWaitingMax = 8;
// Answers on their way to a peer. The socket hears of what was read by half of this at a time, so
// it is twice what a client has in flight.
constexpr int kAnswersWaitingMax = 64;
// How long the last answers may take to leave after a clean stop.
constexpr int kLingerMs = 1000;

void set_options(zmq::socket_t& socket) {
    socket.set(zmq::sockopt::router_mandatory, 1);
    socket.set(zmq::sockopt::router_handover, 0);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(schema::kMessageBytesMax));
    socket.set(zmq::sockopt::rcvhwm, kMessagesWaitingMax);
    socket.set(zmq::sockopt::sndhwm, kAnswersWaitingMax);
    socket.set(zmq::sockopt::handshake_ivl, 2000);
    // No heartbeats from this side: decision 6. Clients send them with a time to live.
    socket.set(zmq::sockopt::tcp_keepalive, 1);
    socket.set(zmq::sockopt::backlog, 1024);
}

std::optional<PeerId> peer_of(const zmq::message_t& frame) {
    const auto* bytes = frame.data<char>();
    if (frame.size() != kRoutingIdBytes || bytes[0] != 0)
        return std::nullopt;  // the peer's own name
    PeerId peer = 0;
    std::memcpy(&peer, bytes, kRoutingIdBytes);
    return peer;
}

}  // namespace

Result<Ingress> Ingress::open(zmq::context_t& context, const std::string& endpoint) {
    zmq::socket_t socket{context, zmq::socket_type::router};
    set_options(socket);
    const auto bound = bind(socket, endpoint);
    if (!bound) return std::unexpected{bound.error()};
    return Ingress{std::move(socket)};
}

bool Ingress::receive_frame(zmq::message_t& frame, zmq::recv_flags flags) {
    return uninterrupted([&] { return socket_.recv(frame, flags); }).has_value();
}

void Ingress::finish() {
    socket_.set(zmq::sockopt::linger, kLingerMs);
}

std::optional<Incoming> Ingress::receive() {
    for (;;) {
        zmq::message_t id;
        if (!receive_frame(id, zmq::recv_flags::dontwait)) return std::nullopt;
        Incoming incoming;
        std::size_t frames = 0;
        for (bool has_more = id.more(); has_more; ++frames) {
            zmq::message_t frame;
            receive_frame(frame, zmq::recv_flags::none);
            has_more = frame.more();
            if (frames == 0) incoming.message = std::move(frame);
        }
        const auto peer = peer_of(id);
        if (peer && frames == 1) {
            incoming.peer = *peer;
            return incoming;
        }
        ++dropped_messages_;
    }
}

bool Ingress::send_id(PeerId peer) {
    const auto to_peer = zmq::send_flags::sndmore | zmq::send_flags::dontwait;
    const auto send = [&] {
        return socket_.send(zmq::const_buffer{&peer, kRoutingIdBytes}, to_peer).has_value();
    };
    if (uninterrupted(send)) return true;
    // The socket looks only now and then at what its peers have read, and may think one full that
    // is not; asking for its events makes it look.
    (void)socket_.get(zmq::sockopt::events);
    return uninterrupted(send);
}

void Ingress::answer(PeerId peer, zmq::message_t message) {
    // With `mandatory`, an unknown peer throws and a full one reports nothing sent, both at the id.
    try {
        if (send_id(peer) &&
            uninterrupted([&] { return socket_.send(message, zmq::send_flags::dontwait); })) {
            return;
        }
    } catch (const zmq::error_t&) {
        // Counted below; the peer is gone.
    }
    ++dropped_answers_;
}

}  // namespace daybook::sequencer
