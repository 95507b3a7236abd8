// Connection: the client's socket and what is in flight on it. Private to gateway/'s sources.
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include <zmq.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "base/seq.h"
#include "gateway/command_client.h"
#include "gateway/in_flight.h"
#include "schema/message.h"
#include "schema/receipts.h"
#include "schema/submission.h"

namespace daybook::gateway {

struct CommandClient::Impl {
    explicit Impl(ClientOptions stated) : options{std::move(stated)} {
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
    bool has_window(std::size_t bytes) const;
    Ticket send_built();
    void send_due(Moment now);
    Moment next_due() const;
    // The next answer to something in flight, whatever its kind; nothing when `until` passes first.
    std::optional<std::pair<Ticket, zmq::message_t>> receive(Moment until);
    // Takes what gave no answer in time off the window.
    std::optional<Ticket> expired(Moment now);
    // False: to be sent again later.
    bool is_final(const schema::MessageHeader& header, Flight& flight);
    // Sends what is built and waits for its answer.
    Result<zmq::message_t> ask();
    void begin(schema::MessageKind kind, std::uint8_t flags = 0);
    // Of a whole message; keeps when it may be sent again.
    std::unexpected<Error> refused(const schema::MessageRefusal& refusal);

    ClientOptions options;
    zmq::context_t context{1};
    zmq::socket_t socket{context, zmq::socket_type::dealer};
    schema::SubmissionBuilder builder;
    InFlight in_flight;
    Id128 book;
    Seq head;
    Ticket next_ticket = 1;
    ProducerId producer;  // none: ours
    std::chrono::milliseconds retry_after{0};
    bool met_other_book = false;
};

// What is said of an answer that gives no receipts.
std::unexpected<Error> unanswered(const ClientOptions& options, const Flight& flight);
std::unexpected<Error> unreadable();
Bytes bytes_of(const zmq::message_t& message);

}  // namespace daybook::gateway
