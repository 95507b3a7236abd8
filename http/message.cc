#include "http/message.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "gateway/key.h"

namespace daybook::http {

namespace beast_http = boost::beast::http;

namespace {

std::string text_of(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

// IMF-fixdate, made once a second.
const std::string& date_now() {
    thread_local std::string text;
    thread_local std::time_t made_at = 0;
    const auto now = std::time(nullptr);
    if (now != made_at) {
        made_at = now;
        std::tm utc{};
        gmtime_r(&now, &utc);
        text.resize(40);
        text.resize(std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc));
    }
    return text;
}

void add_field(std::string& bytes, std::string_view name, std::string_view value) {
    bytes += name;
    bytes += ": ";
    bytes += value;
    bytes += "\r\n";
}

// Null for the fields we have no use for.
std::string* place_of(beast_http::field known, boost::beast::string_view name, Request& request) {
    using field = beast_http::field;
    if (known == field::authorization) return &request.authorization;
    if (known == field::host) return &request.host;
    if (known == field::origin) return &request.origin;
    if (known == field::content_type) return &request.content_type;
    if (known == field::expect) return &request.expect;
    if (known == field::if_match) return &request.if_match;
    if (known == field::if_none_match) return &request.if_none_match;
    if (known == field::prefer) return &request.prefer;
    if (known != field::unknown) return nullptr;
    if (boost::beast::iequals(name, "Idempotency-Key")) return &request.idempotency_key;
    if (boost::beast::iequals(name, "Daybook-Min-Seq")) return &request.min_seq;
    if (boost::beast::iequals(name, "Last-Event-ID")) return &request.last_event_id;
    if (boost::beast::iequals(name, "traceparent")) return &request.traceparent;
    return nullptr;
}

// Cuts http://AUTHORITY off an address of the absolute form, and returns it; empty if it has none.
std::string take_authority(std::string& address) {
    const std::string_view all{address};
    const std::size_t start = all.starts_with("http://") ? 7 : all.starts_with("https://") ? 8 : 0;
    if (start == 0) return {};
    const auto end = std::min(all.find_first_of("/?", start), all.size());
    const std::string authority{all.substr(start, end - start)};
    address.erase(0, end);
    if (address.empty() || address.front() == '?') address.insert(0, "/");
    return authority;
}

}  // namespace

std::string request_id_of(std::string_view stated) {
    const bool is_plain =
        !stated.empty() && stated.size() <= 64 && std::ranges::all_of(stated, [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                   c == '_' || c == '.' || c == ':' || c == '-';
        });
    if (is_plain) return std::string{stated};
    static const auto start = gateway::to_uuid(gateway::new_key(SystemClock{}.now())).substr(0, 23);
    static std::uint64_t count = 0;
    return fmt::format("{}-{:012x}", start, ++count);
}

Request take_header(const Message& message) {
    Request request;
    request.method = text_of(message.method_string());
    request.address = text_of(message.target());
    const std::string authority = take_authority(request.address);
    if (auto target = Target::parse(request.address)) request.target = *std::move(target);
    request.id = request_id_of(text_of(message["X-Request-Id"]));
    for (const auto& field : message) {
        std::string* place = place_of(field.name(), field.name_string(), request);
        if (place == nullptr) continue;
        // A field that comes twice is one list.
        if (!place->empty()) *place += ", ";
        *place += text_of(field.value());
    }
    if (message.version() < 11) request.expect.clear();
    request.traceparent = checked_traceparent(request.traceparent);
    // A target of the absolute form says it in place of Host.
    if (!authority.empty()) request.host = authority;
    return request;
}

bool has_one_framing(const Message& message) {
    using field = beast_http::field;
    const auto codings = message.count(field::transfer_encoding);
    if (codings == 0) return message.count(field::content_length) <= 1;
    return codings == 1 && message.version() >= 11 && message.count(field::content_length) == 0 &&
           boost::beast::iequals(message[field::transfer_encoding], "chunked");
}

std::string as_bytes(const Answer& answer, const AnswerContext& context) {
    const std::string_view body = answer.fixed_body.empty() ? answer.body : answer.fixed_body;
    const bool has_body = answer.status != 304 && context.request.method != "HEAD";
    std::string bytes;
    bytes.reserve(512 + (has_body ? body.size() : 0));
    fmt::format_to(std::back_inserter(bytes), "HTTP/1.1 {} {}\r\n", answer.status,
                   phrase_of(answer.status));
    add_field(bytes, "Date", date_now());
    if (answer.status != 304) {
        add_field(bytes, "Content-Type", answer.type);
        fmt::format_to(std::back_inserter(bytes), "Content-Length: {}\r\n", body.size());
    }
    add_field(bytes, "X-Request-Id", context.request.id);
    fmt::format_to(std::back_inserter(bytes), "Daybook-Head-Seq: {}\r\n", context.head.value());
    if (answer.seq) {
        fmt::format_to(std::back_inserter(bytes), "Daybook-Seq: {}\r\n", answer.seq->value());
    }
    const auto& trace = context.request.traceparent;
    if (!trace.empty()) add_field(bytes, "traceparent", trace);
    if (answer.is_replay) add_field(bytes, "Idempotent-Replayed", "true");
    for (const auto& [name, value] : answer.fields)
        add_field(bytes, name, value);
    add_field(bytes, "X-Content-Type-Options", "nosniff");
    if (!context.keeps_alive) add_field(bytes, "Connection", "close");
    bytes += "\r\n";
    if (has_body) bytes += body;
    return bytes;
}

}  // namespace daybook::http
