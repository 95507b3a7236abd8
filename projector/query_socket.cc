#include "projector/query_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <sys/stat.h>

#include "schema/query.h"

namespace daybook::projector {

namespace {

constexpr std::size_t kRoutingIdBytes = 5;  // a zero byte, then four the socket chose
// The socket counts messages: 8 queries of 256 KiB wait to be read from a peer, 8 answers of
// 1 MiB on their way to it.
constexpr int kMessagesWaitingMax = 8;

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

void set_options(zmq::socket_t& socket) {
    socket.set(zmq::sockopt::router_mandatory, 1);
    socket.set(zmq::sockopt::router_handover, 0);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(schema::kQueryBytesMax));
    socket.set(zmq::sockopt::rcvhwm, kMessagesWaitingMax);
    socket.set(zmq::sockopt::sndhwm, kMessagesWaitingMax);
    socket.set(zmq::sockopt::handshake_ivl, 2000);
    // No heartbeats from this side: decision 6. Clients send them with a time to live.
    socket.set(zmq::sockopt::tcp_keepalive, 1);
    socket.set(zmq::sockopt::backlog, 1024);
}

bool is_local(const std::string& endpoint) {
    constexpr std::array<std::string_view, 5> kLocal{"ipc://", "inproc://", "tcp://127.",
                                                     "tcp://localhost:", "tcp://[::1]:"};
    return std::ranges::any_of(
        kLocal, [&](std::string_view prefix) { return endpoint.starts_with(prefix); });
}

// Makes a new ipc socket's file accessible to its owner and group only. 0, or what went wrong.
int bind(zmq::socket_t& socket, const std::string& endpoint) {
    const mode_t before = umask(0117);
    int problem = 0;
    try {
        socket.bind(endpoint);
    } catch (const zmq::error_t& error) {
        problem = error.num();
    }
    umask(before);
    return problem;
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

Result<QuerySocket> QuerySocket::open(zmq::context_t& context, const std::string& endpoint) {
    if (!is_local(endpoint)) {
        return fail(ErrorCode::configuration,
                    "'" + endpoint +
                        "' is not a local endpoint: answers are not encrypted here; use "
                        "tcp://127.0.0.1:PORT or ipc://PATH");
    }
    zmq::socket_t socket{context, zmq::socket_type::router};
    set_options(socket);
    const int problem = bind(socket, endpoint);
    if (problem == 0) return QuerySocket{std::move(socket)};
    if (problem == EADDRINUSE) {
        return fail(ErrorCode::try_again, "'" + endpoint +
                                              "' is in use by another process; stop it or choose "
                                              "another endpoint with --query");
    }
    return fail(ErrorCode::configuration, "cannot listen on '" + endpoint + "': " +
                                              zmq_strerror(problem) + "; mend the endpoint");
}

std::optional<IncomingQuery> QuerySocket::receive() {
    const auto receive_frame = [this](zmq::message_t& frame, zmq::recv_flags flags) {
        return uninterrupted([&] { return socket_.recv(frame, flags); }).has_value();
    };
    for (;;) {
        zmq::message_t id;
        if (!receive_frame(id, zmq::recv_flags::dontwait)) return std::nullopt;
        IncomingQuery incoming;
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

bool QuerySocket::send_id(PeerId peer) {
    const auto to_peer = zmq::send_flags::sndmore | zmq::send_flags::dontwait;
    const auto send = [&] {
        return socket_.send(zmq::const_buffer{&peer, kRoutingIdBytes}, to_peer).has_value();
    };
    if (uninterrupted(send)) return true;
    // The socket may think a peer full that is not; asking for its events makes it look.
    (void)socket_.get(zmq::sockopt::events);
    return uninterrupted(send);
}

void QuerySocket::answer(PeerId peer, Bytes message) {
    // With `mandatory`, an unknown peer throws and a full one reports nothing sent, both at the id.
    try {
        const auto send = [&] {
            return socket_.send(zmq::const_buffer{message.data(), message.size()},
                                zmq::send_flags::dontwait);
        };
        if (send_id(peer) && uninterrupted(send)) return;
    } catch (const zmq::error_t&) {
        // Counted below; the peer is gone.
    }
    ++dropped_answers_;
}

}  // namespace daybook::projector
