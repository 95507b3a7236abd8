// Server: a `daybook serve` of our own on a data directory that is thrown away, to be measured and
// to be killed. TemporaryDirectory: a directory that goes when its owner goes.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "bench/process.h"

namespace daybook::bench {

class TemporaryDirectory {
public:
    // A new directory in `parent`.
    static Result<TemporaryDirectory> create(const std::filesystem::path& parent);
    ~TemporaryDirectory();
    TemporaryDirectory(TemporaryDirectory&& other) noexcept;
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    explicit TemporaryDirectory(std::filesystem::path path) : path_{std::move(path)} {}

    std::filesystem::path path_;
};

class Server {
public:
    // Starts the `daybook` at `binary` on a new data directory in `directory`, on loopback TCP
    // ports that are free now; returns when it accepts connections.
    static Result<Server> start(const std::string& binary, const std::filesystem::path& directory);

    const std::string& endpoint() const { return endpoint_; }
    std::filesystem::path data() const { return directory_ / "data"; }
    // What it wrote last, for a message that says why it ended.
    std::string last_words() const;

    bool is_running() { return process_.is_running(); }
    Usage usage() const { return process_.usage(); }

    // SIGKILL, then the same again on the same data and ports. `restart` returns when it accepts
    // connections: after its recovery.
    void kill();
    Result<void> restart();
    // As `restart`, but does not wait: it may be killed while it recovers.
    Result<void> launch_again();
    // SIGTERM, and waits for the end; an error when it does not end well.
    Result<void> stop();

private:
    Server(std::string binary, std::filesystem::path directory, unsigned port, unsigned feed_port,
           Process process);
    Result<void> wait_until_ready();

    std::string binary_;
    std::filesystem::path directory_;
    unsigned port_;
    unsigned feed_port_;
    std::string endpoint_;
    Process process_;
};

}  // namespace daybook::bench
