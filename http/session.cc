#include "http/session.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "http/message.h"
#include "http/problem.h"
#include "http/routes.h"
#include "http/stream.h"

namespace daybook::http {

namespace beast = boost::beast;
namespace beast_http = boost::beast::http;
using std::chrono::steady_clock;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using Parser = beast_http::request_parser<beast_http::string_body>;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr const char* kFraming =
    "a body has either a Content-Length or the one Transfer-Encoding chunked, of HTTP/1.1";

// What is answered when a request could not be read; nothing when nobody is there to hear it.
std::optional<Problem> problem_of_reading(beast::error_code error) {
    if (error == beast_http::error::header_limit) return Problem{"header_too_large"};
    if (error == beast_http::error::body_limit) return Problem{"body_too_large"};
    const bool is_gone =
        error == beast_http::error::end_of_stream || error == beast_http::error::partial_message ||
        error.category() != beast_http::make_error_code(beast_http::error::bad_method).category();
    if (is_gone) return std::nullopt;
    return Problem{"bad_request", error.message()};
}

template <typename Stream>
class Session {
public:
    Session(Service& service, Sessions& sessions, Stream& stream)
        : service_{service},
          stream_{stream},
          sessions_{sessions},
          place_{sessions.add([&stream] { beast::get_lowest_layer(stream).cancel(); })} {}
    ~Session() { sessions_.remove(place_); }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    Session(Session&&) = delete;
    Session& operator=(Session&&) = delete;

    asio::awaitable<void> run() {
        std::size_t served = 0;
        while (!service_.is_draining) {
            const bool is_last = ++served == service_.options.caps.requests_per_connection_max;
            if (!co_await serve_one(is_last)) break;
        }
    }

private:
    // Not the stream's own timer: that closes the connection, and nobody would hear why.
    void expire_after(std::chrono::seconds time) { place_->expire_after(time); }

    // Whether there may be another.
    asio::awaitable<bool> serve_one(bool is_last) {
        const auto& caps = service_.options.caps;
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(caps.header_bytes_max));
        parser.body_limit(caps.body_bytes_max);
        // Until the first byte it is idle; from there on the header's time counts.
        place_->is_idle = true;
        if (buffer_.size() == 0) {
            expire_after(caps.idle_time);
            const auto [error, bytes] =
                co_await stream_.async_read_some(buffer_.prepare(4096), kTuple);
            if (error) co_return false;
            buffer_.commit(bytes);
        }
        place_->is_idle = false;
        expire_after(caps.header_time);
        auto [error, header_bytes] =
            co_await beast_http::async_read_header(stream_, buffer_, parser, kTuple);
        if (error) co_return co_await give_up(parser.get(), error);
        Request request = take_header(parser.get());
        // Where a body ends that is framed in doubt is anybody's guess, so nothing may follow it.
        const bool is_framed = has_one_framing(parser.get());
        request.has_body = !parser.is_done() || !is_framed;
        const auto judged = is_framed ? judge_header(request, parser.get().version())
                                      : Judged{.problem = Problem{"bad_request", kFraming}};
        // HTTP/1.0 would have to be told that it goes on; so it does not.
        bool keeps_alive = parser.get().keep_alive() && parser.get().version() >= 11 && !is_last;
        std::optional<Bodies::Held> held;
        if (request.has_body && judged.problem) {
            // What is refused by its header need not send the rest, nor would anybody read it.
            keeps_alive = false;
        } else if (request.has_body) {
            const auto bytes = parser.content_length().value_or(caps.body_bytes_max);
            if (auto full = service_.bodies.check(request.caller.producer, bytes)) {
                const Judged refused{judged.route, judged.name, std::move(full)};
                co_return co_await respond(request, refused, false);
            }
            held.emplace(service_.bodies, request.caller.producer, bytes);
            if (const auto wrong = co_await read_body(parser, request)) {
                co_return co_await give_up(parser.get(), *wrong);
            }
            request.body = std::move(parser.get().body());
            // One that came in chunks may be far smaller than it might have been.
            held.emplace(service_.bodies, request.caller.producer, request.body.size());
        }
        co_return co_await respond(request, judged, keeps_alive);
    }

    Judged judge_header(Request& request, unsigned version) const {
        // Who needs none has HTTP/1.0.
        if (request.host.empty() && version >= 11) {
            return {.problem = Problem{"bad_request", "HTTP/1.1 needs the header field Host"}};
        }
        if (!Target::parse(request.address)) {
            return {.problem = Problem{"bad_request", "the address is not well formed"}};
        }
        return judge(service_, request);
    }

    // Nothing when it has come.
    asio::awaitable<std::optional<beast::error_code>> read_body(Parser& parser,
                                                                const Request& request) {
        if (!request.expect.empty()) {
            constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
            co_await asio::async_write(stream_, asio::buffer(kGoOn), kTuple);
        }
        expire_after(service_.options.caps.body_time);
        const auto [error, bytes] =
            co_await beast_http::async_read(stream_, buffer_, parser, kTuple);
        if (error) co_return error;
        co_return std::nullopt;
    }

    asio::awaitable<bool> respond(Request& request, const Judged& judged, bool keeps_alive) {
        // The routes have deadlines of their own.
        place_->expire_never();
        const auto began = steady_clock::now();
        Answer answered;
        if (judged.problem) {
            answered = judged.problem->answer();
        } else {
            answered = co_await answer_or_problem(request, *judged.route);
        }
        if (answered.status == 500) answered = as_fault(request, answered, judged.name);
        note(request, answered, judged.name, steady_clock::now() - began);
        if (answered.stream) {
            const SendBytes send_bytes = [this](const std::string& bytes) -> asio::awaitable<bool> {
                expire_after(service_.options.caps.write_time);
                const auto [error, written] =
                    co_await asio::async_write(stream_, asio::buffer(bytes), kTuple);
                co_return !error;
            };
            co_await write_events(service_, request, *answered.stream, send_bytes);
            co_return false;
        }
        const bool goes_on = keeps_alive && !answered.closes && !service_.is_draining;
        co_return co_await send(request, answered, goes_on) && goes_on;
    }

    // What a route throws is a bug of ours, or memory is at an end; the others go on.
    asio::awaitable<Answer> answer_or_problem(Request& request, const Route& route) {
        try {
            co_return co_await route.handler(service_, request);
        } catch (const std::exception& error) {
            co_return Problem{"internal"}.because(error.what()).answer();
        }
    }

    // Why is for the log alone; the id in the body leads there.
    static Answer as_fault(const Request& request, const Answer& answered, std::string_view route) {
        spdlog::error("http request_id={} route={} fault: {}", request.id, route, answered.fault);
        return Problem{"internal"}
            .with([&](json::Line& line) { line.text("request_id", request.id); })
            .answer();
    }

    asio::awaitable<bool> send(const Request& request, const Answer& answered, bool goes_on) {
        const auto bytes = as_bytes(answered, {request, service_.head(), goes_on});
        expire_after(service_.options.caps.write_time);
        const auto [error, written] =
            co_await asio::async_write(stream_, asio::buffer(bytes), kTuple);
        co_return !error;
    }

    // Says why, as far as there is somebody to hear it, and ends the connection.
    asio::awaitable<bool> give_up(const Message& message, beast::error_code error) {
        const auto problem =
            place_->is_late ? std::optional{Problem{"request_timeout"}} : problem_of_reading(error);
        if (!problem) co_return false;
        const auto request = take_header(message);
        const auto answered = problem->answer();
        note(request, answered, "none", {});
        co_await send(request, answered, false);
        co_return false;
    }

    void note(const Request& request, const Answer& answered, std::string_view route,
              std::chrono::nanoseconds took) {
        service_.metrics.count(route, answered.status, answered.code, took);
        const bool is_ours = answered.status >= 500;
        const bool is_logged =
            is_ours || service_.options.logs_requests || is_sampled(request.traceparent);
        if (!is_logged) return;
        spdlog::log(is_ours ? spdlog::level::warn : spdlog::level::info,
                    "http method={} route={} status={} code={} seq={} request_id={} "
                    "producer={} ms={:.3f} traceparent={}",
                    request.method, route, answered.status, answered.code,
                    answered.seq ? std::to_string(answered.seq->value()) : "-", request.id,
                    request.caller.producer.value(), static_cast<double>(took.count()) / 1e6,
                    request.traceparent.empty() ? "-" : request.traceparent);
    }

    Service& service_;
    Stream& stream_;
    Sessions& sessions_;
    Sessions::Place place_;
    beast::flat_buffer buffer_;
};

// Lets the peer read the last answer before the connection is torn down.
asio::awaitable<void> close(beast::tcp_stream& stream) {
    beast::error_code ignored;
    stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    char rest[16384];
    stream.expires_after(std::chrono::seconds{1});
    for (int i = 0; i < 256; ++i) {
        const auto [error, bytes] = co_await stream.async_read_some(asio::buffer(rest), kTuple);
        if (error) break;
    }
}

}  // namespace

asio::awaitable<void> serve_connection(Service& service, Sessions& sessions,
                                       asio::ip::tcp::socket socket, asio::ssl::context* tls) {
    const Counted counted{service.connections};
    beast::error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
    if (tls == nullptr) {
        beast::tcp_stream stream{std::move(socket)};
        {
            Session session{service, sessions, stream};
            co_await session.run();
        }
        co_await close(stream);
    } else {
        TlsStream stream{std::move(socket), *tls};
        beast::get_lowest_layer(stream).expires_after(service.options.caps.header_time);
        const auto [error] =
            co_await stream.async_handshake(asio::ssl::stream_base::server, kTuple);
        if (!error) {
            beast::get_lowest_layer(stream).expires_never();
            {
                Session session{service, sessions, stream};
                co_await session.run();
            }
            beast::get_lowest_layer(stream).expires_after(std::chrono::seconds{1});
            co_await stream.async_shutdown(kTuple);
            co_await close(beast::get_lowest_layer(stream));
        }
    }
}

asio::awaitable<void> turn_away(asio::ip::tcp::socket socket) {
    Request request;
    request.id = request_id_of("");
    const auto bytes = as_bytes(Problem{"too_many_connections"}.answer(), {request, Seq{}, false});
    beast::tcp_stream stream{std::move(socket)};
    stream.expires_after(std::chrono::seconds{1});
    co_await asio::async_write(stream, asio::buffer(bytes), kTuple);
    co_await close(stream);
}

}  // namespace daybook::http
