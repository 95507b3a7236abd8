// Listener: the bound socket and, with TLS, the certificate. Private to http/'s sources.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/result.h"
#include "http/options.h"
#include "http/tokens.h"

namespace daybook::http {

struct Listener {
    // Whoever takes the socket over closes it.
    int socket = -1;
    bool is_here = true;  // on loopback
    boost::asio::ip::tcp protocol = boost::asio::ip::tcp::v4();
    std::unique_ptr<boost::asio::ssl::context> tls;  // null: none

    // `configuration` when an option is wrong: off loopback tokens are needed, and TLS, unless
    // there is a proxy in front. `try_again` when the port is taken.
    static Result<Listener> open(const Options& options, const Tokens& tokens);
};

}  // namespace daybook::http
