// QueryClient::Impl: the connection of a query client, and asking until it is answered. The calling
// thread's. Private to gateway/'s sources.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <zmq.hpp>

#include "gateway/query_client.h"

namespace daybook::gateway {

std::unexpected<Error> unreadable_answer();

struct QueryClient::Impl {
    explicit Impl(QueryClientOptions stated) : options{std::move(stated)} {
        socket.set(zmq::sockopt::immediate, 1);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::reconnect_ivl, 20);
        socket.set(zmq::sockopt::reconnect_ivl_max, 500);
        socket.set(zmq::sockopt::heartbeat_ivl, 1000);
        socket.set(zmq::sockopt::heartbeat_timeout, 10000);
        socket.set(zmq::sockopt::heartbeat_ttl, 30000);
        socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(schema::kAnswerBytesMax));
    }

    Result<void> open();
    // The whole message that answers `query`.
    Result<std::vector<std::byte>> ask(schema::Query query, const ReadAfter& after);
    bool send(Bytes message);
    // What answers `correlation`, if it has come; anything else is an answer nobody waits for.
    std::optional<std::vector<std::byte>> take(std::uint64_t correlation);
    void wait(std::chrono::steady_clock::time_point until);
    Result<std::vector<std::byte>> judge(std::vector<std::byte> answer);
    std::unexpected<Error> unanswered() const;

    QueryClientOptions options;
    zmq::context_t context{1};
    zmq::socket_t socket{context, zmq::socket_type::dealer};
    Id128 book;
    Seq head;
    bool met_other_book = false;
    std::uint64_t correlation = 0;
    bool was_overloaded = false;
};

}  // namespace daybook::gateway
