#include "bench/server.h"

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <netinet/in.h>
#include <random>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace daybook::bench {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kReadyMax{60};

sockaddr_in loopback(unsigned port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

class TcpSocket {
public:
    TcpSocket() : fd_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {}
    ~TcpSocket() {
        if (fd_ >= 0) close(fd_);
    }
    TcpSocket(const TcpSocket&) = delete;
    TcpSocket& operator=(const TcpSocket&) = delete;
    TcpSocket(TcpSocket&&) = delete;
    TcpSocket& operator=(TcpSocket&&) = delete;

    // A port nobody has; 0 when none was found. Below those the system gives to outgoing
    // connections: there, a client that tries again while its server is down can end up connected
    // to itself.
    unsigned bind_any() const {
        if (fd_ < 0) return 0;
        constexpr unsigned kFirst = 10'000;
        constexpr unsigned kCount = 20'000;
        std::random_device random;
        for (int i = 0; i < 1000; ++i) {
            const unsigned port = kFirst + (random() % kCount);
            const sockaddr_in address = loopback(port);
            if (bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
                return port;
        }
        return 0;
    }

    bool connects_to(unsigned port) const {
        if (fd_ < 0) return false;
        const sockaddr_in address = loopback(port);
        return connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }

private:
    int fd_;
};

std::string endpoint_at(unsigned port) {
    return "tcp://127.0.0.1:" + std::to_string(port);
}

Result<Process> launch(const std::string& binary, const std::filesystem::path& directory,
                       unsigned port, unsigned feed_port) {
    return Process::execute({binary, "serve", "--data", directory / "data", "--listen",
                             endpoint_at(port), "--feed", endpoint_at(feed_port), "--query", ""},
                            directory / "server.log");
}

}  // namespace

Result<TemporaryDirectory> TemporaryDirectory::create(const std::filesystem::path& parent) {
    std::string pattern = parent / "daybook-bench-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) {
        return fail(ErrorCode::cannot_create, "cannot make a directory in '" + parent.string() +
                                                  "': " + std::generic_category().message(errno) +
                                                  "; name another with --dir");
    }
    return TemporaryDirectory{std::filesystem::absolute(pattern)};
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_{std::exchange(other.path_, {})} {}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Server::Server(std::string binary, std::filesystem::path directory, unsigned port,
               unsigned feed_port, Process process)
    : binary_{std::move(binary)},
      directory_{std::move(directory)},
      port_{port},
      feed_port_{feed_port},
      endpoint_{endpoint_at(port)},
      process_{std::move(process)} {}

Result<Server> Server::start(const std::string& binary, const std::filesystem::path& directory) {
    unsigned port = 0;
    unsigned feed_port = 0;
    {
        const TcpSocket first;
        const TcpSocket second;
        port = first.bind_any();
        feed_port = second.bind_any();
    }
    if (port == 0 || feed_port == 0) return fail(ErrorCode::io_failed, "no free loopback port");
    auto process = launch(binary, directory, port, feed_port);
    if (!process) return std::unexpected{process.error()};
    Server server{binary, directory, port, feed_port, *std::move(process)};
    const auto ready = server.wait_until_ready();
    if (!ready) return std::unexpected{ready.error()};
    return server;
}

Result<void> Server::wait_until_ready() {
    const auto until = steady_clock::now() + kReadyMax;
    while (steady_clock::now() < until) {
        if (!process_.is_running()) {
            return fail(ErrorCode::io_failed, "the server ended: " + last_words());
        }
        if (TcpSocket{}.connects_to(port_)) return {};
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return fail(ErrorCode::unreachable, "the server does not come up: " + last_words());
}

std::string Server::last_words() const {
    std::ifstream log{directory_ / "server.log"};
    std::string last = "it wrote nothing";
    for (std::string line; std::getline(log, line);) {
        if (!line.empty()) last = line;
    }
    return last;
}

void Server::kill() {
    process_.send(SIGKILL);
    process_.wait();
}

Result<void> Server::launch_again() {
    auto process = launch(binary_, directory_, port_, feed_port_);
    if (!process) return std::unexpected{process.error()};
    process_ = *std::move(process);
    return {};
}

Result<void> Server::restart() {
    if (auto launched = launch_again(); !launched) return launched;
    return wait_until_ready();
}

Result<void> Server::stop() {
    process_.send(SIGTERM);
    process_.wait();
    if (process_.has_succeeded()) return {};
    return fail(ErrorCode::io_failed, "the server did not end well: " + last_words());
}

}  // namespace daybook::bench
