#include "gateway/command_client.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "base/check.h"
#include "gateway/connection.h"

namespace daybook::gateway {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

CommandClient::CommandClient(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
CommandClient::~CommandClient() = default;

Result<std::unique_ptr<CommandClient>> CommandClient::connect(const ClientOptions& options) {
    try {
        auto impl = std::make_unique<Impl>(options);
        const auto opened = impl->open();
        if (!opened) return std::unexpected{opened.error()};
        return std::unique_ptr<CommandClient>{new CommandClient{std::move(impl)}};
    } catch (const std::exception& error) {
        return fail(ErrorCode::io_failed, std::string{"cannot make a socket: "} + error.what() +
                                              "; are there files and threads left?");
    }
}

const Id128& CommandClient::book() const {
    return impl_->book;
}
bool CommandClient::met_other_book() const {
    return impl_->met_other_book;
}
Seq CommandClient::head_at_connect() const {
    return impl_->head;
}
std::size_t CommandClient::in_flight() const {
    return impl_->in_flight.count();
}
milliseconds CommandClient::retry_after() const {
    return impl_->retry_after;
}

void CommandClient::act_for(ProducerId producer) {
    impl_->producer = producer;
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

Result<std::optional<Ticket>> CommandClient::submit(std::span<const Encoded> lists) {
    impl_->begin(schema::MessageKind::commands);
    for (const auto& list : lists) {
        if (!impl_->builder.add_encoded(list.frames, list.count)) {
            return fail(ErrorCode::usage,
                        "the commands do not fit one message of 1 MiB; send several");
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
    impl_->retry_after = {};
    const Flight& flight = *impl_->in_flight.find(*ticket);
    Completed completed{*ticket, unanswered(impl_->options, flight), flight.sends,
                        now - flight.first_sent};
    const auto count = schema::decode_header(flight.message)->count;
    impl_->in_flight.remove(*ticket);
    if (!answer) return completed;
    const Bytes message = bytes_of(answer->second);
    auto receipts = schema::decode_receipts(message);
    if (receipts && receipts->size() == count) {
        completed.receipts = *std::move(receipts);
    } else if (const auto refusal = schema::decode_refusal(message)) {
        completed.receipts = impl_->refused(*refusal);
    } else {
        completed.receipts = unreadable();
    }
    return completed;
}

Result<std::vector<schema::Receipt>> CommandClient::execute(std::span<const Command> commands) {
    return ask(commands, 0);
}

Result<std::vector<schema::Receipt>> CommandClient::dry_run(std::span<const Command> commands) {
    return ask(commands, static_cast<std::uint8_t>(schema::MessageFlag::dry_run));
}

Result<std::vector<schema::Receipt>> CommandClient::ask(std::span<const Command> commands,
                                                        std::uint8_t flags) {
    const auto is_one = [](const Command& command) {
        return std::holds_alternative<Transfer>(command);
    };
    const bool is_transfer = std::ranges::all_of(commands, is_one);
    if (!is_transfer && std::ranges::any_of(commands, is_one)) {
        return fail(ErrorCode::usage, "fixed-size transfers and other commands travel apart");
    }
    impl_->begin(is_transfer ? schema::MessageKind::transfers : schema::MessageKind::commands,
                 flags);
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
