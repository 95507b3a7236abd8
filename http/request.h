// Request: what was asked, taken apart; and the address it was asked of. Private to http/'s
// sources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/tokens.h"

namespace daybook::http {

// The path's parts and the query's, decoded. Nothing when an escape is wrong or hides a control
// character, or when a query parameter comes twice.
struct Target {
    std::vector<std::string> path;  // "/v1/accounts" is two; "/" is none
    std::vector<std::pair<std::string, std::string>> query;

    static std::optional<Target> parse(std::string_view text);
    // Null: not stated.
    const std::string* find(std::string_view name) const;
};

struct Request {
    std::string method;
    std::string address;  // as it was sent
    Target target;
    std::string id;  // X-Request-Id
    std::string idempotency_key;
    std::string authorization;
    std::string host;
    std::string origin;  // of the page that sent it, if a browser did
    std::string if_match;
    std::string if_none_match;
    std::string prefer;
    std::string min_seq;
    std::string last_event_id;
    std::string traceparent;
    std::string content_type;
    std::string expect;  // of HTTP/1.1
    bool has_body = false;
    std::string body;
    Caller caller;
    std::vector<std::string> captured = {};  // of the path, what stands for {…}

    const std::string& part(std::size_t index) const { return captured[index]; }
};

// What is in the quotes of an RFC 8941 string, or the text as it is. Nothing when it is neither.
std::optional<std::string> unquoted(std::string_view text);
// The seconds of `wait=N` in a Prefer header; nothing when it has none.
std::optional<unsigned> wait_in(std::string_view prefer);
// Percent-encodes what does not stand for itself in a part of a path or query.
std::string encoded(std::string_view text);
// Whether a `Host` names this machine's loopback, or `listen` (ADDRESS:PORT); the port is anyone's.
bool is_local_host(std::string_view host, std::string_view listen);
// Whether the page of this `Origin` came from the `Host` it asks.
bool is_same_site(std::string_view origin, std::string_view host);
// Whether an If-None-Match names the tag, which has its quotes; weakly, and `*` is any.
bool names_etag(std::string_view if_none_match, std::string_view etag);
// A W3C traceparent, or nothing: what it says goes to the log.
std::string checked_traceparent(std::string_view text);
// Whether a checked traceparent says that its trace is recorded.
bool is_sampled(std::string_view traceparent);
// Whether an `Expect` asks to be told that the body may come.
bool is_continue(std::string_view expect);
// Whether a Content-Type is JSON.
bool is_json(std::string_view content_type);
// Decimal digits alone.
std::optional<std::uint64_t> parse_digits(std::string_view text);

}  // namespace daybook::http
