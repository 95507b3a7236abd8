// Session: one connection: reads requests one after another, answers each before it reads the next,
// so that pipelined requests are answered in order. The HTTP thread's. Private to http/'s sources.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include "http/service.h"
#include "http/sessions.h"

namespace daybook::http {

// Serves the connection until it ends. `tls` may be null.
asio::awaitable<void> serve_connection(Service& service, Sessions& sessions,
                                       asio::ip::tcp::socket socket, asio::ssl::context* tls);
// Answers 503 and closes.
asio::awaitable<void> turn_away(asio::ip::tcp::socket socket);

}  // namespace daybook::http
