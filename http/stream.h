// The event stream of /v1/stream: server-sent events until the peer goes or the server stops.
// Private to http/'s sources.
#pragma once

#include <functional>
#include <string>

#include "http/answer.h"
#include "http/service.h"

namespace daybook::http {

// Sends bytes; false when nobody takes them any more.
using SendBytes = std::function<asio::awaitable<bool>(const std::string&)>;
asio::awaitable<void> write_events(Service& service, const Request& request,
                                   const StreamWanted& wanted, const SendBytes& send);

}  // namespace daybook::http
