// Limits, status, the contract and the console's files.
#include <array>
#include <chrono>
#include <map>

#include "http/files.h"
#include "http/records.h"
#include "http/render.h"
#include "http/routes.h"
#include "http/writing.h"
#include "ledger/form.h"

namespace daybook::http {

namespace {

unsigned as_unsigned(std::size_t value) {
    return static_cast<unsigned>(value);
}

void write_caller(json::Line& line, const Caller& caller) {
    line.begin_object("may").small("producer", caller.producer == ProducerId{}
                                                   ? kLoopbackProducer.value()
                                                   : caller.producer.value());
    line.begin_array("scopes");
    for (const Scope scope : {Scope::read, Scope::post, Scope::admin}) {
        if (caller.may(scope)) line.text(name_of(scope));
    }
    line.end_array().begin_array("accounts");
    for (const auto& path : caller.accounts)
        line.text(path);
    line.end_array().end_object();
}

void write_latency(json::Line& line, std::string_view name, const std::optional<double>& value) {
    if (value) {
        line.measured(name, *value);
    } else {
        line.json(name, "null");
    }
}

void write_commit(json::Line& line, const schema::RecentBlock& block) {
    line.big("block", block.number)
        .big("first_seq", block.first_seq)
        .small("records", block.record_count)
        .big("bytes", block.payload_bytes)
        .text("at", to_string(block.stamp));
}

void write_facts(json::Line& line, const schema::BookFacts& facts) {
    constexpr std::size_t kCommitsShown = 64;
    line.big("accepted", facts.accepted()).big("rejected", facts.rejected());
    line.begin_object("rejections");
    for (const auto& [name, count] : rejections_in(facts))
        line.big(name, count);
    line.end_object()
        .big("assets", facts.sizes.assets)
        .big("accounts", facts.sizes.accounts)
        .big("open_holds", facts.sizes.open_holds);
    if (!facts.blocks.empty()) {
        line.begin_object("commit");
        write_commit(line, facts.blocks.front());
        line.end_object();
    }
    line.begin_array("commits");
    for (std::size_t i = 0; i < facts.blocks.size() && i < kCommitsShown; ++i) {
        line.begin_object();
        write_commit(line, facts.blocks[i]);
        line.end_object();
    }
    line.end_array();
}

// As of when it is asked: the workers must not read what is the HTTP thread's.
std::string gateway_part(const Service& service) {
    json::Line line;
    line.begin_object()
        .text("started_at", to_string(service.started_at))
        .small("connections", as_unsigned(service.connections))
        .small("streams", as_unsigned(service.streams))
        .small("queue_depth", as_unsigned(service.lane.waiting()))
        .small("in_flight", as_unsigned(service.lane.in_flight()))
        .big("answered", service.lane.answered());
    const auto now = std::chrono::steady_clock::now();
    write_latency(line, "command_ms_p50", service.lane.latencies().quantile_ms(0.5, now));
    write_latency(line, "command_ms_p99", service.lane.latencies().quantile_ms(0.99, now));
    return line.end_object().str();
}

}  // namespace

asio::awaitable<Answer> get_limits(Service& service, const Request& request) {
    const auto& caps = service.options.caps;
    json::Line line;
    line.begin_object()
        .small("header_bytes_max", as_unsigned(caps.header_bytes_max))
        .small("body_bytes_max", as_unsigned(caps.body_bytes_max))
        .small("commands_max", 1000)
        .small("members_max", as_unsigned(kMembersMax))
        .small("postings_max", as_unsigned(kPostingsMax))
        .small("key_bytes_max", 128)
        .small("reference_bytes_max", as_unsigned(kReferenceBytesMax))
        .small("description_bytes_max", as_unsigned(kDescriptionBytesMax))
        .small("preconditions_max", as_unsigned(kPreconditionsMax))
        .small("page_default", 50)
        .small("page_max", 1000)
        .small("wait_seconds_default", 10)
        .small("wait_seconds_max", 30)
        .small("requests_per_connection_max", as_unsigned(caps.requests_per_connection_max));
    write_caller(line, request.caller);
    Answer answer;
    answer.body = line.end_object().str();
    co_return answer;
}

asio::awaitable<Answer> get_status(Service& service, const Request& request) {
    const Read look = [gateway = gateway_part(service)](const ReadCall& call) -> Result<Answer> {
        const auto facts = call.client.facts(call.after);
        if (!facts) return std::unexpected{facts.error()};
        const auto& standing = facts->standing;
        json::Line line;
        line.begin_object().text("book", to_hex(call.client.book().bytes));
        write_standing(line, standing);
        write_moment_or_null(line, "head_at", standing.head_stamp);
        write_moment_or_null(line, "applied_at", standing.watermark_stamp);
        write_facts(line, *facts);
        line.json("gateway", gateway);
        Answer answer;
        answer.body = line.end_object().str();
        return answer;
    };
    co_return co_await read(service, request, look);
}

namespace {

Answer as_answer(const File& file, const Request& request) {
    Answer answer;
    answer.type = file.type;
    answer.fixed_body = file.bytes;
    answer.with("ETag", std::string{file.etag}).with("Cache-Control", "no-cache");
    if (names_etag(request.if_none_match, file.etag)) answer.status = 304;
    return answer;
}

}  // namespace

asio::awaitable<Answer> get_contract(Service& /*service*/, const Request& request) {
    const auto* file = find_file("openapi.json");
    if (file == nullptr) co_return Problem{"internal"}.answer();
    co_return as_answer(*file, request);
}

namespace {

const File* file_of(const Request& request) {
    std::string path = "console";
    for (const auto& part : request.target.path)
        path += "/" + part;
    if (request.target.path.empty()) path += "/index.html";
    return find_file(path);
}

}  // namespace

bool has_file(const Request& request) {
    return file_of(request) != nullptr;
}

asio::awaitable<Answer> get_file(Service& /*service*/, const Request& request) {
    const auto* file = file_of(request);
    if (file == nullptr) co_return Problem{"route_unknown"}.answer();
    auto answer = as_answer(*file, request);
    constexpr const char* kPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'";
    answer.with("Content-Security-Policy", kPolicy).with("Referrer-Policy", "no-referrer");
    co_return answer;
}

}  // namespace daybook::http
