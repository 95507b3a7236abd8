#include "http/stream.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "http/follower.h"
#include "http/records.h"
#include "http/render.h"

namespace daybook::http {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds kLook{250};             // between two looks at the head
constexpr std::chrono::seconds kKeepAlive{8};  // a comment, when there is nothing else

// Asks a worker; nothing when it gave no answer.
template <typename T>
asio::awaitable<std::optional<T>> ask_reader(
    Service& service, std::function<std::optional<T>(gateway::QueryClient&)> question) {
    using Found = std::optional<T>;
    auto waiting = std::make_shared<Waiting<Found>>(service.waits);
    const bool is_taken = service.readers.submit(
        [waiting, question = std::move(question)](const Result<gateway::QueryClient*>& client) {
            Waiting<Found>::post(waiting, client ? question(**client) : Found{});
        });
    if (!is_taken) co_return std::nullopt;
    auto found = co_await Waiting<Found>::wait(waiting, steady_clock::now() + milliseconds{5000});
    co_return found ? std::move(*found) : std::nullopt;
}

std::optional<schema::Standing> standing_of(gateway::QueryClient& client) {
    const auto status = client.status();
    return status ? std::optional{status->standing} : std::nullopt;
}

std::string head_event(const schema::Standing& standing) {
    json::Line line;
    line.begin_object();
    write_standing(line, standing);
    if (!standing.head_stamp.is_none()) {
        line.text("recorded_at", to_string(standing.head_stamp));
    } else {
        line.json("recorded_at", "null");
    }
    std::string bytes;
    add_event(bytes, "head", standing.head, line.end_object().str());
    return bytes;
}

// Sends something at least every kKeepAlive.
class Pace {
public:
    Pace(Service& service, const SendBytes& send) : service_{service}, send_{send} {}

    // Then waits until it is time to look again; false when the stream is to end.
    asio::awaitable<bool> send_and_wait(std::string bytes) {
        const auto now = steady_clock::now();
        if (bytes.empty() && now - sent_at_ > kKeepAlive) bytes = ": keep-alive\n\n";
        if (!bytes.empty()) {
            sent_at_ = now;
            if (!co_await send_(bytes)) co_return false;
        }
        asio::steady_timer timer{service_.executor, kLook};
        co_await timer.async_wait(kTuple);
        co_return !service_.is_draining;
    }

private:
    Service& service_;
    const SendBytes& send_;
    steady_clock::time_point sent_at_ = steady_clock::now();
};

asio::awaitable<void> write_heads(Service& service, const SendBytes& send) {
    Pace pace{service, send};
    std::optional<schema::Standing> told;
    const std::function<std::optional<schema::Standing>(gateway::QueryClient&)> question =
        &standing_of;
    for (;;) {
        const auto standing = co_await ask_reader<schema::Standing>(service, question);
        std::string bytes;
        if (standing && standing != told) {
            bytes = head_event(*standing);
            told = standing;
        }
        if (!co_await pace.send_and_wait(std::move(bytes))) co_return;
    }
}

struct Some {
    std::string events;
    Seq next;
};

// The newest records, at most `count` of those from `next` on; what is skipped is told.
std::optional<Some> newest(gateway::QueryClient& client, Names& names, Seq next,
                           std::size_t count) {
    const auto standing = standing_of(client);
    if (!standing) return std::nullopt;
    const Seq head = standing->head;
    Some some{{}, next == Seq{} ? head.next() : next};
    if (some.next > head) return some;
    const auto there = head.value() - some.next.value() + 1;
    if (there > count) {
        const Seq to{head.value() - count};
        json::Line line;
        line.begin_object()
            .big("from_seq", some.next)
            .big("to_seq", to)
            .big("count", there - count)
            .end_object();
        add_event(some.events, "skipped", to, line.str());
        some.next = to.next();
    }
    const auto texts = read_records(client, names, some.next, count);
    if (!texts) return std::nullopt;
    for (const auto& text : texts->lines) {
        add_event(some.events, "record", some.next, text);
        some.next = some.next.next();
    }
    return some;
}

asio::awaitable<void> write_newest(Service& service, const StreamWanted& wanted,
                                   const SendBytes& send) {
    Pace pace{service, send};
    Seq next = wanted.from.value_or(Seq{});
    const std::size_t count = std::max<std::size_t>(wanted.per_second / 4, 1);
    for (;;) {
        const std::function<std::optional<Some>(gateway::QueryClient&)> question =
            [&service, next, count](gateway::QueryClient& client) {
                return newest(client, service.names, next, count);
            };
        auto some = co_await ask_reader<Some>(service, question);
        std::string bytes;
        if (some) {
            next = some->next;
            bytes = std::move(some->events);
        }
        if (!co_await pace.send_and_wait(std::move(bytes))) co_return;
    }
}

asio::awaitable<void> write_all(Service& service, const StreamWanted& wanted,
                                const SendBytes& send) {
    Follower follower{service, wanted};
    auto sent_at = steady_clock::now();
    while (!service.is_draining) {
        auto chunk = co_await follower.next();
        // The peer connects again, and goes on from the last event it got.
        if (!chunk) co_return;
        const auto now = steady_clock::now();
        if (chunk->empty() && now - sent_at < kKeepAlive) continue;
        // Named: g++ 12 destroys a temporary of the awaited expression twice.
        if (chunk->empty()) *chunk = ": keep-alive\n\n";
        if (!co_await send(*chunk)) co_return;
        sent_at = now;
    }
}

}  // namespace

asio::awaitable<void> write_events(Service& service, const Request& request,
                                   const StreamWanted& wanted, const SendBytes& send) {
    const auto head = fmt::format(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        "Cache-Control: no-store\r\nX-Request-Id: {}\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nretry: 1000\n\n",
        request.id);
    if (!co_await send(head)) co_return;
    if (wanted.are_heads) {
        co_await write_heads(service, send);
    } else if (wanted.per_second > 0) {
        co_await write_newest(service, wanted, send);
    } else {
        co_await write_all(service, wanted, send);
    }
}

}  // namespace daybook::http
