// An HTTP gateway in a thread of this process, and a client that speaks HTTP with it byte by byte.
#pragma once

#include <arpa/inet.h>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <catch2/catch.hpp>

#include "http/server.h"

namespace daybook::tests {

class RunningGateway {
public:
    explicit RunningGateway(http::Options options) {
        options.listen = "127.0.0.1:0";
        auto opened = http::Server::open(options);
        REQUIRE(opened);
        server_ = *std::move(opened);
        thread_ = std::thread{[this] { outcome_ = server_->run(); }};
    }
    ~RunningGateway() {
        stop();
        join();
        CHECK(outcome_.has_value());
    }
    RunningGateway(const RunningGateway&) = delete;
    RunningGateway& operator=(const RunningGateway&) = delete;
    RunningGateway(RunningGateway&&) = delete;
    RunningGateway& operator=(RunningGateway&&) = delete;

    std::uint16_t port() const { return server_->port(); }
    void stop() { server_->stop(); }
    // Of run(), which ends of itself; the test looks at it.
    Result<void> outcome() {
        join();
        return std::exchange(outcome_, Result<void>{});
    }
    // Until run() has returned.
    void join() {
        if (thread_.joinable()) thread_.join();
    }

private:
    std::unique_ptr<http::Server> server_;
    Result<void> outcome_;
    std::thread thread_;
};

class Peer {
public:
    explicit Peer(const RunningGateway& gateway) : socket_{socket(AF_INET, SOCK_STREAM, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(gateway.port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval patience{60, 0};
        setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    ~Peer() { close(socket_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    Peer(Peer&&) = delete;
    Peer& operator=(Peer&&) = delete;

    void send(std::string_view bytes) {
        REQUIRE(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(bytes.size()));
    }
    // What comes up to and with `end`; all there is when the connection ends before.
    std::string receive(std::string_view end) {
        std::string bytes;
        char byte = 0;
        while (!bytes.ends_with(end) && recv(socket_, &byte, 1, 0) == 1)
            bytes.push_back(byte);
        return bytes;
    }
    // A whole answer: header and body. Empty: the connection ended.
    std::string answer() {
        const auto header = receive("\r\n\r\n");
        constexpr std::string_view kLength = "Content-Length: ";
        const auto at = header.find(kLength);
        if (at == std::string::npos) return header;
        std::string body(std::stoul(header.substr(at + kLength.size())), ' ');
        std::size_t done = 0;
        while (done < body.size()) {
            const auto got = recv(socket_, body.data() + done, body.size() - done, 0);
            if (got <= 0) break;
            done += static_cast<std::size_t>(got);
        }
        return header + body.substr(0, done);
    }

    // Sends a request; answer() has what it is told.
    void ask(std::string_view method, std::string_view address, std::string_view body = {},
             std::string_view fields = {}) {
        std::string text;
        text.append(method).append(" ").append(address).append(" HTTP/1.1\r\nHost: localhost\r\n");
        text.append(fields);
        if (!body.empty()) text.append("Content-Type: application/json\r\n");
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n");
        send(text.append(body));
    }

private:
    int socket_;
};

inline unsigned status_of(std::string_view answer) {
    constexpr std::string_view kVersion = "HTTP/1.1 ";
    return answer.starts_with(kVersion)
               ? static_cast<unsigned>(std::stoul(std::string{answer.substr(kVersion.size(), 3)}))
               : 0;
}

inline bool has(std::string_view answer, std::string_view text) {
    return answer.find(text) != std::string_view::npos;
}

}  // namespace daybook::tests
