#include "gateway/connection.h"

#include <algorithm>
#include <cerrno>

#include "base/check.h"
#include "ledger/outcome.h"

namespace daybook::gateway {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// Calls again what a signal interrupted.
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

bool is_worth_waiting(std::uint16_t code) {
    return code == code_of(Refusal::overloaded) || code == code_of(Refusal::disk_nearly_full) ||
           code == code_of(Refusal::stopping);
}

}  // namespace

Bytes bytes_of(const zmq::message_t& message) {
    return {message.data<std::byte>(), message.size()};
}

std::unexpected<Error> unanswered(const ClientOptions& options, const Flight& flight) {
    if (flight.refusal != 0) {
        return fail(ErrorCode::try_again, std::string{name_of_code(flight.refusal)} + ": " +
                                              std::string{remedy_of_code(flight.refusal)});
    }
    return fail(
        ErrorCode::unreachable,
        "no answer from " + options.endpoint + " in " +
            std::to_string(options.give_up_after.count() / 1000) +
            " s; is `daybook serve` running there? Sending again with the same key is safe");
}

std::unexpected<Error> CommandClient::Impl::refused(const schema::MessageRefusal& refusal) {
    retry_after = milliseconds{refusal.retry_after_ms};
    if (refusal.code == code_of(Malformation::other_book)) met_other_book = true;
    auto code = is_worth_waiting(refusal.code) ? ErrorCode::try_again : ErrorCode::bad_input;
    if (refusal.code == code_of(Malformation::other_book)) code = ErrorCode::damaged;
    if (refusal.code == code_of(Malformation::unknown_kind)) code = ErrorCode::usage;
    return fail(code, std::string{name_of_code(refusal.code)} + ": " + refusal.detail);
}

std::unexpected<Error> unreadable() {
    return fail(ErrorCode::damaged,
                "the answer is not a message of this protocol; is it a Daybook?");
}

Result<void> CommandClient::Impl::open() {
    try {
        socket.connect(options.endpoint);
    } catch (const zmq::error_t& error) {
        return fail(ErrorCode::configuration, "cannot connect to '" + options.endpoint +
                                                  "': " + error.what() +
                                                  "; use tcp://HOST:PORT or ipc://PATH");
    }
    begin(schema::MessageKind::info);
    const auto give_up_after = options.give_up_after;
    if (options.connect_within > milliseconds{0}) options.give_up_after = options.connect_within;
    const auto answer = ask();
    options.give_up_after = give_up_after;
    if (!answer) return std::unexpected{answer.error()};
    const auto header = schema::decode_header(bytes_of(*answer));
    if (!header || header->kind != schema::MessageKind::book_info) return unreadable();
    book = header->book;
    head = header->head;
    return {};
}

void CommandClient::Impl::begin(schema::MessageKind kind, std::uint8_t flags) {
    if (options.wants_touches)
        flags |= static_cast<std::uint8_t>(schema::MessageFlag::want_touches);
    builder.begin(kind, book, next_ticket, flags, producer);
}

bool CommandClient::Impl::has_window(std::size_t bytes) const {
    if (in_flight.count() == 0) return true;
    return in_flight.count() < options.messages_max &&
           in_flight.bytes() + bytes <= options.bytes_max;
}

Ticket CommandClient::Impl::send_built() {
    const auto now = steady_clock::now();
    in_flight.add(next_ticket, builder.message(), now);
    send_due(now);
    return next_ticket++;
}

void CommandClient::Impl::send_due(Moment now) {
    for (auto& [ticket, flight] : in_flight.all()) {
        if (flight.send_at > now) continue;
        // Without a connection nothing is sent, and it stays due.
        const auto sent = uninterrupted(
            [&] { return socket.send(zmq::buffer(flight.message), zmq::send_flags::dontwait); });
        if (!sent) return;
        // Each wait is twice the one before: what is sent again must not crowd out what is
        // answered.
        constexpr unsigned kDoublingsMax = 3;
        flight.send_at = now + options.resend_after * (1U << std::min(flight.sends, kDoublingsMax));
        ++flight.sends;
    }
}

Moment CommandClient::Impl::next_due() const {
    Moment due = steady_clock::now() + milliseconds{50};
    for (const auto& [ticket, flight] : const_cast<InFlight&>(in_flight).all()) {
        due = std::min(due, flight.send_at);
    }
    return due;
}

bool CommandClient::Impl::is_final(const schema::MessageHeader& header, Flight& flight) {
    const bool may_pass =
        header.kind == schema::MessageKind::refusal && is_worth_waiting(header.code);
    if (!may_pass || !options.waits_when_refused) return true;
    flight.send_at = steady_clock::now() + milliseconds{std::max(header.retry_after_ms, 1U)};
    flight.refusal = header.code;
    return false;
}

std::optional<std::pair<Ticket, zmq::message_t>> CommandClient::Impl::receive(Moment until) {
    for (;;) {
        zmq::message_t message;
        while (uninterrupted([&] { return socket.recv(message, zmq::recv_flags::dontwait); })) {
            const auto header = schema::decode_header(bytes_of(message));
            if (!header) continue;
            Flight* flight = in_flight.find(header->correlation);
            if (flight == nullptr || !is_final(*header, *flight)) continue;  // a repeat, or not yet
            return std::pair{header->correlation, std::move(message)};
        }
        const auto now = steady_clock::now();
        send_due(now);
        if (now >= until) return std::nullopt;
        const auto wait = std::chrono::ceil<milliseconds>(std::min(until, next_due()) - now);
        zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
        try {
            zmq::poll(&item, 1, std::clamp(wait, milliseconds{1}, milliseconds{50}));
        } catch (const zmq::error_t&) {
            // Interrupted by a signal: look again.
        }
    }
}

std::optional<Ticket> CommandClient::Impl::expired(Moment now) {
    for (const auto& [ticket, flight] : in_flight.all()) {
        if (now - flight.first_sent >= options.give_up_after) return ticket;
    }
    return std::nullopt;
}

Result<zmq::message_t> CommandClient::Impl::ask() {
    CHECK_INVARIANT(in_flight.count() == 0, "blocking calls do not overlap submitted messages");
    retry_after = {};
    const Ticket ticket = send_built();
    auto answer = receive(steady_clock::now() + options.give_up_after);
    if (!answer) {
        auto error = unanswered(options, *in_flight.find(ticket));
        in_flight.remove(ticket);
        return error;
    }
    in_flight.remove(ticket);
    const auto refusal = schema::decode_refusal(bytes_of(answer->second));
    if (refusal) return refused(*refusal);
    return std::move(answer->second);
}

}  // namespace daybook::gateway
