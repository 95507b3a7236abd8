#include "gateway/query_connection.h"

#include <algorithm>

#include "ledger/outcome.h"
#include "schema/receipts.h"

namespace daybook::gateway {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

std::unexpected<Error> refused(const schema::MessageRefusal& refusal) {
    const std::string detail = std::string{name_of_code(refusal.code)} + ": " + refusal.detail;
    if (refusal.code == code_of(Malformation::other_book)) return fail(ErrorCode::damaged, detail);
    if (refusal.code == code_of(Malformation::unknown_kind)) return fail(ErrorCode::usage, detail);
    const bool is_refusal = refusal.code >= code_of(Refusal::idempotency_key_reused) &&
                            refusal.code < code_of(Malformation::bad_bytes);
    return fail(is_refusal ? ErrorCode::try_again : ErrorCode::bad_input, detail);
}

}  // namespace

std::unexpected<Error> unreadable_answer() {
    return fail(ErrorCode::damaged,
                "the answer is not a message of this protocol; is it a Daybook's query endpoint?");
}

Result<void> QueryClient::Impl::open() {
    try {
        socket.connect(options.endpoint);
    } catch (const zmq::error_t& error) {
        return fail(ErrorCode::configuration, "cannot connect to '" + options.endpoint +
                                                  "': " + error.what() +
                                                  "; use tcp://HOST:PORT or ipc://PATH");
    }
    const auto answer = ask({}, {});
    if (!answer) return std::unexpected{answer.error()};
    const auto status = schema::decode_status(*answer);
    if (!status) return unreadable_answer();
    book = status->book;
    return {};
}

bool QueryClient::Impl::send(Bytes message) {
    try {
        return socket
            .send(zmq::const_buffer{message.data(), message.size()}, zmq::send_flags::dontwait)
            .has_value();
    } catch (const zmq::error_t&) {
        return false;  // interrupted by a signal: it stays due
    }
}

std::optional<std::vector<std::byte>> QueryClient::Impl::take(std::uint64_t wanted) {
    for (;;) {
        zmq::message_t message;
        try {
            if (!socket.recv(message, zmq::recv_flags::dontwait)) return std::nullopt;
        } catch (const zmq::error_t&) {
            return std::nullopt;
        }
        const auto* bytes = message.data<std::byte>();
        const auto header = schema::decode_header({bytes, message.size()});
        if (header && header->correlation == wanted) return {{bytes, bytes + message.size()}};
    }
}

void QueryClient::Impl::wait(steady_clock::time_point until) {
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    zmq::pollitem_t item{socket.handle(), 0, ZMQ_POLLIN, 0};
    try {
        zmq::poll(&item, 1, std::clamp(left, milliseconds{1}, milliseconds{50}));
    } catch (const zmq::error_t&) {
        // Interrupted by a signal: look again.
    }
}

Result<std::vector<std::byte>> QueryClient::Impl::ask(schema::Query query, const ReadAfter& after) {
    const milliseconds wait_max =
        std::clamp(after.wait, milliseconds{0}, milliseconds{schema::kWaitMsMax});
    query.min_seq = after.min_seq;
    query.wait_ms = static_cast<std::uint32_t>(wait_max.count());
    const auto message = schema::encode_query(query, book, ++correlation);
    if (message.size() > schema::kQueryBytesMax) {
        return fail(ErrorCode::usage, "the query does not fit 256 KiB; ask for less at a time");
    }
    was_overloaded = false;
    const auto begun = steady_clock::now();
    const auto end = begun + options.give_up_after + wait_max;
    auto send_at = begun;
    auto patience = options.resend_after + wait_max;
    for (;;) {
        const auto now = steady_clock::now();
        if (now >= end) return unanswered();
        // Without a connection nothing is sent, and it stays due.
        if (now >= send_at && send(message)) {
            send_at = now + patience;
            patience *= 2;
        }
        if (auto answer = take(correlation)) {
            const auto refusal = schema::decode_refusal(*answer);
            if (!refusal || refusal->code != code_of(Refusal::overloaded)) {
                return judge(*std::move(answer));
            }
            was_overloaded = true;
            send_at = now + milliseconds{std::max(refusal->retry_after_ms, 1U)};
        }
        wait(std::min(end, std::max(send_at, now)));
    }
}

Result<std::vector<std::byte>> QueryClient::Impl::judge(std::vector<std::byte> answer) {
    if (const auto refusal = schema::decode_refusal(answer)) {
        if (refusal->code == code_of(Malformation::other_book)) met_other_book = true;
        return refused(*refusal);
    }
    const auto header = schema::decode_header(answer);
    if (!header) return unreadable_answer();
    if (!book.is_none() && header->book != book) {
        met_other_book = true;
        return fail(ErrorCode::damaged, "book " + to_hex(header->book.bytes) + " answers at " +
                                            options.endpoint + ", where " + to_hex(book.bytes) +
                                            " was; connect again");
    }
    head = std::max(head, header->head);
    return answer;
}

std::unexpected<Error> QueryClient::Impl::unanswered() const {
    if (was_overloaded) {
        return fail(ErrorCode::try_again,
                    "overloaded: too many queries wait at " + options.endpoint + "; ask again");
    }
    return fail(ErrorCode::unreachable,
                "no answer from the query endpoint " + options.endpoint + " in " +
                    std::to_string(options.give_up_after.count()) +
                    " ms; is `daybook serve` (or `daybook projector`) running there?");
}

}  // namespace daybook::gateway
