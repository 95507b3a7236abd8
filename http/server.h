// Server: the HTTP/1.1 gateway: JSON in, commands to the sequencer, reads from the query endpoint.
// Stateless: any number of them serve one book.
//
// Threads: the one that calls run() does all HTTP; others of its own speak with the sequencer and
// the query endpoint. stop() may be called from any.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "http/options.h"

namespace daybook::http {

class Server {
public:
    // Binds the listener. `configuration` when an option is wrong, `try_again` when the port is
    // taken. Sequencer and query endpoint need not be there yet.
    static Result<std::unique_ptr<Server>> open(const Options& options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    Server(Server&&) = delete;
    Server& operator=(Server&&) = delete;

    std::uint16_t port() const;

    // Serves until stop(); then takes no more connections, finishes the requests under way within
    // caps.drain_time, and returns. `damaged`: another book answered than the one it served, so it
    // stopped of itself.
    Result<void> run();
    void stop();

private:
    class Impl;
    explicit Server(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace daybook::http
