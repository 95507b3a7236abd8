// What goes over the wire: a request taken from Beast's parser, an answer as bytes. Private to
// http/'s sources.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

#include "http/answer.h"
#include "http/request.h"

namespace daybook::http {

using Message = boost::beast::http::request<boost::beast::http::string_body>;

// Everything but the body, which is taken when it has come. Its target is what could be read.
Request take_header(const Message& message);
// Whether its body ends where everybody who passes it on takes it to end (RFC 9112, 6): the parser
// overlooks codings it does not know, and an intermediary may not.
bool has_one_framing(const Message& message);
// Letters, digits and _ . : - alone, at most 64 of them; or a new one.
std::string request_id_of(std::string_view stated);

struct AnswerContext {
    const Request& request;
    Seq head;
    bool keeps_alive;
};
// Status line, header fields and, unless it answers HEAD, the body.
std::string as_bytes(const Answer& answer, const AnswerContext& context);

}  // namespace daybook::http
