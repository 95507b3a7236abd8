#include "gateway/command_client.h"

#include <algorithm>
#include <utility>

#include <zmq.hpp>

#include "base/check.h"
#include "gateway/in_flight.h"
#include "ledger/outcome.h"
#include "schema/message.h"
#include "schema/submission.h"

namespace daybook::gateway {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Bytes bytes_of(const zmq::message_t& message) {
    return {message.data<std::byte>(), message.size()};
}

bool is_worth_waiting(std::uint16_t code) {
    return code == code_of(Refusal::overloaded) || code == code_of(Refusal::disk_nearly_full) ||
           code == code_of(Refusal::stopping);
}

std::unexpected<Error> unanswered(const ClientOptions& options) {
    return fail(
        ErrorCode::unreachable,
        "no answer from " + options.endpoint + " in " +
            std::to_string(options.give_up_after.count() / 1000) +
            " s; is `daybook serve` running there? Sending again with the same key is safe");
}

std::unexpected<Error> refused(const schema::MessageRefusal& refusal) {
    const auto code = refusal.code == code_of(Malformation::other_book) ? ErrorCode::damaged
                                                                        : ErrorCode::bad_input;
    return fail(code, std::string{name_of_code(refusal.code)} + ": " + refusal.detail);
}

std::unexpected<Error> unreadable() {
    return fail(ErrorCode::damaged,
                "the answer is not a message of this protocol; is it a Daybook?");
}

}  // namespace

struct CommandClient::Impl {
    explicit Impl(ClientOptions stated) : options{std::move(stated)} {
        socket.set(zmq::sockopt::immediate, 1);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::reconnect_ivl, 20);
        socket.set(zmq::sockopt::reconnect_ivl_max, 500);
        socket.set(zmq::sockopt::heartbeat_ivl, 1000);
        socket.set(zmq::sockopt::heartbeat_timeout, 10000);
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
    void begin(schema::MessageKind kind);

    ClientOptions options;
    zmq::context_t context{1};
    zmq::socket_t socket{context, zmq::socket_type::dealer};
    schema::SubmissionBuilder builder;
    InFlight in_flight;
    Id128 book;
    Seq head;
    Ticket next_ticket = 1;
};

Result<void> CommandClient::Impl::open() {
    try {
        socket.connect(options.endpoint);
    } catch (const zmq::error_t& error) {
        return fail(ErrorCode::configuration, "cannot connect to '" + options.endpoint +
                                                  "': " + error.what() +
                                                  "; use tcp://HOST:PORT or ipc://PATH");
    }
    begin(schema::MessageKind::info);
    const auto answer = ask();
    if (!answer) return std::unexpected{answer.error()};
    const auto header = schema::decode_header(bytes_of(*answer));
    if (!header || header->kind != schema::MessageKind::book_info) return unreadable();
    book = header->book;
    head = header->head;
    return {};
}

void CommandClient::Impl::begin(schema::MessageKind kind) {
    const auto flags = static_cast<std::uint8_t>(
        options.wants_touches ? static_cast<std::uint8_t>(schema::MessageFlag::want_touches) : 0);
    builder.begin(kind, book, next_ticket, flags);
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
        if (!socket.send(zmq::buffer(flight.message), zmq::send_flags::dontwait)) return;
        ++flight.sends;
        flight.send_at = now + options.resend_after;
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
    if (header.kind != schema::MessageKind::refusal || !is_worth_waiting(header.code)) return true;
    flight.send_at = steady_clock::now() + milliseconds{std::max(header.retry_after_ms, 1U)};
    return false;
}

std::optional<std::pair<Ticket, zmq::message_t>> CommandClient::Impl::receive(Moment until) {
    for (;;) {
        zmq::message_t message;
        while (socket.recv(message, zmq::recv_flags::dontwait)) {
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
    const Ticket ticket = send_built();
    auto answer = receive(steady_clock::now() + options.give_up_after);
    in_flight.remove(ticket);
    if (!answer) return unanswered(options);
    const auto refusal = schema::decode_refusal(bytes_of(answer->second));
    if (refusal) return refused(*refusal);
    return std::move(answer->second);
}

CommandClient::CommandClient(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
CommandClient::~CommandClient() = default;

Result<std::unique_ptr<CommandClient>> CommandClient::connect(const ClientOptions& options) {
    auto impl = std::make_unique<Impl>(options);
    const auto opened = impl->open();
    if (!opened) return std::unexpected{opened.error()};
    return std::unique_ptr<CommandClient>{new CommandClient{std::move(impl)}};
}

const Id128& CommandClient::book() const {
    return impl_->book;
}
Seq CommandClient::head_at_connect() const {
    return impl_->head;
}
std::size_t CommandClient::in_flight() const {
    return impl_->in_flight.count();
}

Result<std::optional<Ticket>> CommandClient::submit(std::span<const Transfer> transfers) {
    if (transfers.empty() || transfers.size() > schema::kCommandsMax) {
        return fail(ErrorCode::usage, "a message carries 1 to 8190 transfers; send several");
    }
    const std::size_t bytes =
        schema::kMessageHeaderBytes + transfers.size() * schema::kTransferBytes;
    if (!impl_->has_window(bytes)) return std::nullopt;
    impl_->begin(schema::MessageKind::transfers);
    for (const auto& transfer : transfers) {
        const bool is_added = impl_->builder.add_transfer(transfer);
        CHECK_INVARIANT(is_added, "8190 transfers fit a message");
    }
    return impl_->send_built();
}

Result<std::optional<Ticket>> CommandClient::submit(std::span<const Command> commands) {
    impl_->begin(schema::MessageKind::commands);
    for (const auto& command : commands) {
        if (!impl_->builder.add_command(command)) {
            return fail(
                ErrorCode::usage,
                "the commands do not fit one message (16 KiB each, 1 MiB in all); send several");
        }
    }
    if (!impl_->has_window(impl_->builder.message().size())) return std::nullopt;
    return impl_->send_built();
}

std::optional<Completed> CommandClient::poll(milliseconds timeout) {
    if (impl_->in_flight.count() == 0) return std::nullopt;
    auto answer = impl_->receive(steady_clock::now() + timeout);
    const auto now = steady_clock::now();
    const auto ticket = answer ? std::optional{answer->first} : impl_->expired(now);
    if (!ticket) return std::nullopt;
    const Flight& flight = *impl_->in_flight.find(*ticket);
    Completed completed{*ticket, unanswered(impl_->options), flight.sends, now - flight.first_sent};
    impl_->in_flight.remove(*ticket);
    if (!answer) return completed;
    const Bytes message = bytes_of(answer->second);
    if (auto receipts = schema::decode_receipts(message)) {
        completed.receipts = *std::move(receipts);
    } else if (const auto refusal = schema::decode_refusal(message)) {
        completed.receipts = refused(*refusal);
    } else {
        completed.receipts = unreadable();
    }
    return completed;
}

Result<std::vector<schema::Receipt>> CommandClient::execute(std::span<const Command> commands) {
    const bool is_transfer = commands.size() == 1 && kind_of(commands[0]) == CommandKind::transfer;
    impl_->begin(is_transfer ? schema::MessageKind::transfers : schema::MessageKind::commands);
    for (const auto& command : commands) {
        const bool is_added = is_transfer ? impl_->builder.add_transfer(std::get<Transfer>(command))
                                          : impl_->builder.add_command(command);
        if (!is_added) {
            return fail(ErrorCode::usage, "the commands do not fit one message; send several");
        }
    }
    const auto answer = impl_->ask();
    if (!answer) return std::unexpected{answer.error()};
    auto receipts = schema::decode_receipts(bytes_of(*answer));
    if (!receipts || receipts->size() != commands.size()) return unreadable();
    return *std::move(receipts);
}

Result<schema::Receipt> CommandClient::execute(const Command& command) {
    auto receipts = execute(std::span{&command, 1});
    if (!receipts) return std::unexpected{receipts.error()};
    return std::move(receipts->front());
}

Result<std::vector<schema::Receipt>> CommandClient::outcomes(std::span<const Id128> keys) {
    impl_->begin(schema::MessageKind::outcomes);
    for (const auto& key : keys) {
        if (!impl_->builder.add_key(key))
            return fail(ErrorCode::usage, "ask for at most 8190 keys");
    }
    const auto answer = impl_->ask();
    if (!answer) return std::unexpected{answer.error()};
    auto receipts = schema::decode_receipts(bytes_of(*answer));
    if (!receipts || receipts->size() != keys.size()) return unreadable();
    return *std::move(receipts);
}

Result<std::vector<schema::ResolvedAccount>> CommandClient::resolve(
    std::span<const std::string> codes) {
    impl_->begin(schema::MessageKind::resolve);
    for (const auto& code : codes) {
        if (!impl_->builder.add_account_code(code)) {
            return fail(ErrorCode::usage, "ask for at most 8190 account codes");
        }
    }
    const auto answer = impl_->ask();
    if (!answer) return std::unexpected{answer.error()};
    auto accounts = schema::decode_resolved(bytes_of(*answer));
    if (!accounts || accounts->size() != codes.size()) return unreadable();
    return *std::move(accounts);
}

Result<schema::Receipt> CommandClient::give_up(const Id128& key) {
    return execute(VoidKey{key});
}

}  // namespace daybook::gateway
