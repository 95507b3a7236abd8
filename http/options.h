// What an HTTP gateway is asked for.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>

namespace daybook::http {

// What one client may use up.
struct Caps {
    std::size_t header_bytes_max = std::size_t{16} << 10;
    std::size_t body_bytes_max = std::size_t{1} << 20;
    std::size_t all_bodies_bytes_max = std::size_t{256} << 20;         // of all requests under way
    std::size_t bodies_of_producer_bytes_max = std::size_t{64} << 20;  // once there are tokens
    std::size_t connections_max = 10'000;  // past it the newest are answered 503 and closed
    std::size_t requests_per_connection_max = 100'000;
    std::size_t streams_max = 64;                  // of /v1/stream; each record stream has a thread
    std::size_t streams_of_producer_max = 32;      // of those, once there are tokens
    std::size_t commands_waiting_max = 16'384;     // of all producers
    std::size_t commands_of_producer_max = 8'192;  // of those
    std::size_t waiting_bytes_max = std::size_t{64} << 20;  // of all commands that wait
    std::size_t reads_waiting_max = 4'096;
    // From its first byte to its last, however slowly they drip.
    std::chrono::seconds header_time{10};
    std::chrono::seconds body_time{20};
    std::chrono::seconds write_time{20};  // an answer that nobody takes
    std::chrono::seconds idle_time{75};   // between two requests
    std::chrono::seconds drain_time{10};  // for requests under way when the server stops
};

struct Options {
    std::string listen = "127.0.0.1:7480";  // HOST:PORT; port 0: the system chooses
    std::string sequencer = "tcp://127.0.0.1:7411";
    std::string queries = "tcp://127.0.0.1:7413";
    std::string feed = "tcp://127.0.0.1:7412";  // empty: streams ask the query endpoint alone
    // The projection on this machine, for accounts and balances; empty: by query.
    std::filesystem::path projection = {};
    std::filesystem::path tokens = {};           // http/tokens.h; empty: everybody may everything
    std::filesystem::path tls_certificate = {};  // PEM, the chain; empty: no TLS
    std::filesystem::path tls_key = {};          // PEM
    // The listener is not on loopback, and whoever is in front of it takes care of TLS.
    bool is_behind_proxy = false;
    // Off loopback /metrics and /readyz, too, are for anybody; on loopback they are anyway.
    bool are_metrics_open = false;
    bool logs_requests = false;  // each; else only those answered by 5xx
    Caps caps = {};
};

}  // namespace daybook::http
