#include "gateway/feed_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <zmq.hpp>

namespace daybook::gateway {

namespace {

// A message has 256 KiB, and one record more.
constexpr std::int64_t kMessageBytesMax = std::int64_t{1} << 20;
constexpr int kMessagesWaitingMax = 32;
constexpr const char* kEvents = "inproc://feed-events";

}  // namespace

struct FeedSocket::Impl {
    Impl() {
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::rcvhwm, kMessagesWaitingMax);
        socket.set(zmq::sockopt::maxmsgsize, kMessageBytesMax);
        socket.set(zmq::sockopt::reconnect_ivl, 20);
        socket.set(zmq::sockopt::reconnect_ivl_max, 500);
        // No heartbeats: a subscriber that is slow stops reading (decision 6). What a dead
        // connection does not bring is found by asking the source.
        socket.set(zmq::sockopt::tcp_keepalive, 1);
        socket.set(zmq::sockopt::tcp_keepalive_idle, 10);
        socket.set(zmq::sockopt::subscribe, "");
        // Connections made and lost are told on a pair of our own, and read by the same thread.
        zmq_socket_monitor(socket.handle(), kEvents,
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED);
        events.set(zmq::sockopt::linger, 0);
        events.connect(kEvents);
    }
    ~Impl() { zmq_socket_monitor(socket.handle(), nullptr, 0); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    Impl(Impl&&) = delete;
    Impl& operator=(Impl&&) = delete;

    // False when nothing waits.
    static bool take(zmq::socket_t& from, zmq::message_t& message) {
        try {
            return from.recv(message, zmq::recv_flags::dontwait).has_value();
        } catch (const zmq::error_t&) {
            return false;  // interrupted by a signal: the next call finds it
        }
    }

    void read_events() {
        zmq::message_t event;
        while (take(events, event)) {
            std::uint16_t kind = 0;
            if (event.size() >= sizeof kind) std::memcpy(&kind, event.data(), sizeof kind);
            // Each comes with a second frame that names the endpoint.
            zmq::message_t endpoint;
            if (event.more()) take(events, endpoint);
            is_connected = kind == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
        }
    }

    zmq::context_t context{1};
    zmq::socket_t socket{context, zmq::socket_type::sub};
    zmq::socket_t events{context, zmq::socket_type::pair};
    bool is_connected = false;
};

FeedSocket::FeedSocket(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
FeedSocket::~FeedSocket() = default;

Result<std::unique_ptr<FeedSocket>> FeedSocket::open(const std::string& endpoint) {
    try {
        auto impl = std::make_unique<Impl>();
        impl->socket.connect(endpoint);
        return std::unique_ptr<FeedSocket>{new FeedSocket{std::move(impl)}};
    } catch (const zmq::error_t& error) {
        return fail(ErrorCode::configuration, "cannot connect to '" + endpoint +
                                                  "': " + error.what() +
                                                  "; use tcp://HOST:PORT or ipc://PATH");
    }
}

Heard FeedSocket::receive(std::vector<std::byte>& message, std::chrono::milliseconds timeout) {
    impl_->read_events();
    zmq::message_t received;
    if (!Impl::take(impl_->socket, received)) {
        std::array<zmq::pollitem_t, 2> items{{{impl_->socket.handle(), 0, ZMQ_POLLIN, 0},
                                              {impl_->events.handle(), 0, ZMQ_POLLIN, 0}}};
        try {
            zmq::poll(items.data(), items.size(), std::max(timeout, std::chrono::milliseconds{0}));
        } catch (const zmq::error_t&) {
            return Heard::nothing;  // interrupted by a signal
        }
        impl_->read_events();
        if (!Impl::take(impl_->socket, received)) return Heard::nothing;
    }
    if (received.more()) {
        // Nothing of ours has several frames.
        while (received.more() && Impl::take(impl_->socket, received)) {
        }
        return Heard::nothing;
    }
    const auto* bytes = received.data<std::byte>();
    message.assign(bytes, bytes + received.size());
    return Heard::records;
}

bool FeedSocket::is_connected() const {
    return impl_->is_connected;
}

}  // namespace daybook::gateway
