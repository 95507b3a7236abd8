#include "http/server.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include <spdlog/spdlog.h>

#include "http/listener.h"
#include "http/session.h"

namespace daybook::http {

using asio::ip::tcp;

namespace {

constexpr auto kErrorAsValue = asio::as_tuple(asio::use_awaitable);

// What ended a coroutine before its time.
void note_thrown(const std::exception_ptr& thrown) {
    if (!thrown) return;
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
        spdlog::error("http: {}", error.what());
    } catch (...) {
        spdlog::error("http: ended by what is no std::exception");
    }
}

}  // namespace

class Server::Impl {
public:
    Impl(const Options& options, Tokens tokens, Listener listener)
        : tls_{std::move(listener.tls)},
          acceptor_{io_, listener.protocol, listener.socket},
          service_{new_service(options, std::move(tokens))} {
        service_->is_here = listener.is_here;
        service_->on_failure = [this](const Error& error) {
            failure_ = error;
            stop();
        };
    }
    // What still runs goes with the context, and uses the rest until then.
    ~Impl() { service_->stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    Impl(Impl&&) = delete;
    Impl& operator=(Impl&&) = delete;

    std::uint16_t port() const {
        boost::system::error_code ignored;
        return acceptor_.local_endpoint(ignored).port();
    }

    Result<void> run() {
        // Without these two nothing is served, or nobody is interrupted: then better to end.
        const auto fail_all = [this](const std::exception_ptr& thrown) {
            if (!thrown) return;
            note_thrown(thrown);
            has_failed_ = true;
            io_.stop();
        };
        asio::co_spawn(io_, accept(), fail_all);
        asio::co_spawn(io_, watch(), fail_all);
        const auto& listen = service_->options.listen;
        spdlog::info("http at {}:{}", listen.substr(0, listen.rfind(':')), port());
        io_.run();
        if (failure_) return std::unexpected{*failure_};
        if (has_failed_) return fail(ErrorCode::io_failed, "http cannot go on; see the log");
        return {};
    }

    void stop() {
        asio::post(io_, [this] {
            if (service_->is_draining) return;
            service_->is_draining = true;
            acceptor_.close();
            sessions_.interrupt_idle();
            asio::co_spawn(io_, drain(), asio::detached);
        });
    }

private:
    Service* new_service(const Options& options, Tokens tokens) {
        holder_ = std::make_unique<Service>(options, std::move(tokens), io_.get_executor());
        return holder_.get();
    }
    asio::awaitable<void> accept() {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(kErrorAsValue);
            if (!acceptor_.is_open()) co_return;
            if (error) {
                // Out of files or memory: others have to go first.
                asio::steady_timer timer{io_, std::chrono::milliseconds{50}};
                co_await timer.async_wait(kErrorAsValue);
                continue;
            }
            if (service_->connections >= service_->options.caps.connections_max) {
                asio::co_spawn(io_, turn_away(std::move(socket)), &note_thrown);
                continue;
            }
            asio::co_spawn(io_,
                           serve_connection(*service_, sessions_, std::move(socket), tls_.get()),
                           &note_thrown);
        }
    }

    // Who takes too long is interrupted.
    asio::awaitable<void> watch() {
        asio::steady_timer timer{io_};
        for (;;) {
            timer.expires_after(std::chrono::milliseconds{250});
            co_await timer.async_wait(kErrorAsValue);
            sessions_.interrupt_late();
        }
    }

    // Requests under way are answered; then there is nothing left to do, and run() returns.
    asio::awaitable<void> drain() {
        const auto until = std::chrono::steady_clock::now() + service_->options.caps.drain_time;
        asio::steady_timer timer{io_};
        while (!sessions_.are_empty() && std::chrono::steady_clock::now() < until) {
            timer.expires_after(std::chrono::milliseconds{10});
            co_await timer.async_wait(kErrorAsValue);
        }
        // Who waits still is answered that; who sends or takes too slowly is cut off. Nobody may be
        // left when the context goes, least of all a stream, whose thread posts to it.
        service_->waits.end();
        sessions_.interrupt_all();
        auto again = std::chrono::steady_clock::now() + std::chrono::seconds{1};
        while (!sessions_.are_empty()) {
            timer.expires_after(std::chrono::milliseconds{10});
            co_await timer.async_wait(kErrorAsValue);
            if (std::chrono::steady_clock::now() < again) continue;
            sessions_.interrupt_all();
            again += std::chrono::milliseconds{100};
        }
        io_.stop();
    }

    // Destroyed from the last to the first.
    std::unique_ptr<asio::ssl::context> tls_;
    Sessions sessions_;
    std::unique_ptr<Service> holder_;
    asio::io_context io_{1};
    tcp::acceptor acceptor_;
    Service* service_ = nullptr;
    bool has_failed_ = false;
    std::optional<Error> failure_;  // what it ended for, in order
};

Server::Server(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::open(const Options& options) {
    Tokens tokens;
    if (!options.tokens.empty()) {
        auto read = Tokens::read(options.tokens);
        if (!read) return std::unexpected{read.error()};
        tokens = *std::move(read);
    }
    auto listener = Listener::open(options, tokens);
    if (!listener) return std::unexpected{listener.error()};
    return std::unique_ptr<Server>{
        new Server{std::make_unique<Impl>(options, std::move(tokens), *std::move(listener))}};
}

std::uint16_t Server::port() const {
    return impl_->port();
}

Result<void> Server::run() {
    return impl_->run();
}

void Server::stop() {
    impl_->stop();
}

}  // namespace daybook::http
