// Requests of the HTTP gateway behind the parser of others: addresses, header fields, cursors,
// bodies of every command. The input is a request as it comes over the wire.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <string>
#include <utility>

#include "gateway/key.h"
#include "http/cursor.h"
#include "http/message.h"
#include "http/problem.h"
#include "json/command_reader.h"
#include "json/value.h"
#include "ledger/form.h"
#include "tests/fuzz/harness.h"

namespace daybook::fuzz {

const std::chrono::milliseconds kTimeLimit{5};

namespace {

namespace beast_http = boost::beast::http;

// What is answered is one well-formed answer, whatever was said in the request.
void check_answer(const http::Request& request, const http::Answer& answer) {
    const auto bytes = http::as_bytes(answer, {request, Seq{7}, true});
    boost::system::error_code error;
    beast_http::response_parser<beast_http::string_body> parser;
    parser.eager(true);
    parser.skip(request.method == "HEAD");
    const auto read = parser.put(boost::asio::buffer(bytes), error);
    must(!error && read == bytes.size() && parser.is_done(), "an answer is one whole answer");
    must(parser.get().count("X-Request-Id") == 1, "an answer has one id");
    if (request.method != "HEAD" && answer.status >= 400) {
        must(json::parse(parser.get().body()).has_value(), "a problem is JSON");
    }
}

void check_problem(const http::Request& request, const http::Problem& problem) {
    check_answer(request, problem.answer());
}

// As a POST or PUT to the path's route would read it.
void check_body(const http::Request& request) {
    auto body = json::parse(request.body);
    if (!body) return check_problem(request, http::Problem{"bad_json", body.error().detail});
    if (body->kind != json::Value::Kind::object) return;
    constexpr std::array kKinds{CommandKind::define_asset,  CommandKind::open_account,
                                CommandKind::post_entry,    CommandKind::place_hold,
                                CommandKind::capture_hold,  CommandKind::release_hold,
                                CommandKind::reverse_entry, CommandKind::set_account_state,
                                CommandKind::set_limits,    CommandKind::atomic};
    // The address chooses, so that the fuzzer can.
    const auto kind = kKinds.at(request.address.size() % kKinds.size());
    json::Reading reading{json::Dialect::http};
    json::Fields fields{*body, reading};
    fields.preset("code", request.target.path.back());
    const auto command = json::read_command(fields, kind);
    fields.finish();
    if (!reading.problems.empty()) {
        must(reading.problems.size() <= json::Reading::kProblemsMax, "few problems are told");
        return check_problem(request, http::bad_fields(reading.problems));
    }
    must(kind_of(command) == kind, "a body is read as the route says");
    static_cast<void>(check_form(command));
}

void check_address(const http::Request& request) {
    const auto page = http::read_page(request);
    if (page) {
        const auto cursor = http::Cursor::decode(page->cursor.encode());
        must(cursor && *cursor == page->cursor, "a cursor reads back as it is");
        static_cast<void>(page->cursor.prev());
    } else {
        check_problem(request, page.error());
    }
    for (const auto& [name, value] : request.target.query) {
        must(is_plain_text(value) || value.empty(), "what is decoded can come back in an answer");
        if (const auto seq = http::seq_parameter(request, name); seq && *seq) {
            must(**seq <= kSeqMax, "a Seq has 48 bits");
        }
        static_cast<void>(http::moment_parameter(request, name));
        if (const auto cursor = http::Cursor::decode(value)) {
            must(cursor->encode() == value, "one text for one cursor");
        }
    }
    for (const auto& part : request.target.path) {
        const auto again = http::Target::parse("/" + http::encoded(part));
        must(again && (part.empty() || again->path.front() == part),
             "what is encoded decodes to itself");
    }
}

void check_fields(const http::Request& request) {
    if (const auto key = http::unquoted(request.idempotency_key)) {
        static_cast<void>(gateway::key_from_text(*key));
    }
    if (const auto wait = http::wait_in(request.prefer)) must(*wait <= 30, "a wait is cut");
    static_cast<void>(http::parse_digits(request.min_seq));
    static_cast<void>(http::parse_digits(request.last_event_id));
    static_cast<void>(http::is_local_host(request.host, "127.0.0.1:7480"));
    static_cast<void>(http::is_same_site(request.origin, request.host));
    static_cast<void>(http::names_etag(request.if_none_match, "\"12\""));
    static_cast<void>(http::is_json(request.content_type));
    static_cast<void>(http::is_continue(request.expect));
    must(request.traceparent.empty() || request.traceparent.size() == 55, "a trace has one form");
    must(!request.id.empty() && request.id.size() <= 64, "a request has a short id");
}

}  // namespace

void test_one(Bytes input) {
    beast_http::request_parser<beast_http::string_body> parser;
    parser.header_limit(16 << 10);
    parser.body_limit(std::uint64_t{1} << 20);
    parser.eager(true);
    boost::system::error_code error;
    parser.put(boost::asio::buffer(input.data(), input.size()), error);
    if (!parser.is_header_done()) return;
    auto request = http::take_header(parser.get());
    request.body = std::move(parser.get().body());
    check_fields(request);
    if (request.target.path.empty()) return;  // the console's page; it has neither pages nor a body
    check_address(request);
    check_body(request);
}

}  // namespace daybook::fuzz
