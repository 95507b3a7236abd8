// The floor of HTTP: a server on the same library that reads each request whole and answers a
// constant. bench/http compares the gateway with it. One thread; prints its port, ends on SIGTERM.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdio>
#include <string_view>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kBody = R"({"account":"users:alice","balance":"1250"})";

asio::awaitable<void> serve(tcp::socket socket) {
    beast::error_code ignored;
    socket.set_option(tcp::no_delay{true}, ignored);
    beast::tcp_stream stream{std::move(socket)};
    beast::flat_buffer buffer;
    for (;;) {
        http::request<http::string_body> request;
        const auto [error, read] = co_await http::async_read(stream, buffer, request, kTuple);
        if (error) co_return;
        http::response<http::string_body> response{http::status::ok, request.version()};
        response.set(http::field::content_type, "application/json");
        response.body() = kBody;
        response.keep_alive(request.keep_alive());
        response.prepare_payload();
        const auto [failed, written] = co_await http::async_write(stream, response, kTuple);
        if (failed || !request.keep_alive()) co_return;
    }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor) {
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(kTuple);
        if (error) co_return;
        asio::co_spawn(acceptor.get_executor(), serve(std::move(socket)), asio::detached);
    }
}

}  // namespace

int main() {
    asio::io_context io{1};
    tcp::acceptor acceptor{io, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
    std::printf("%u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
    std::fflush(stdout);
    asio::signal_set signals{io, SIGTERM, SIGINT};
    signals.async_wait([&](beast::error_code, int) { io.stop(); });
    asio::co_spawn(io, accept(acceptor), asio::detached);
    io.run();
    return 0;
}
