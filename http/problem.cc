#include "http/problem.h"

#include <algorithm>
#include <array>
#include <utility>

namespace daybook::http {

namespace {

struct Kind {
    std::string_view code;
    unsigned status;
    Retry retry;
    std::string_view detail;
};

// What is none of the ledger's codes. Sorted by code.
constexpr std::array kKinds = std::to_array<Kind>({
    {"account_unknown", 404, Retry::never, "no account has this code"},
    {"bad_cursor", 400, Retry::never,
     "the cursor is none of ours, or came with other filters; begin again without it"},
    {"bad_header", 400, Retry::never, "a header field is not what it should be"},
    {"bad_json", 400, Retry::never, "the body is not JSON"},
    {"bad_member", 400, Retry::never, "the body is not as the contract says; see errors"},
    {"bad_parameter", 400, Retry::never, "a parameter of the address is not what it should be"},
    {"bad_request", 400, Retry::never, "the request is not HTTP/1.1"},
    {"body_too_large", 413, Retry::never, "the body is too large; /v1/limits says what is taken"},
    {"expectation_failed", 417, Retry::never, "of Expect, only 100-continue is known"},
    {"forbidden", 403, Retry::never, "the token may not do this"},
    {"header_too_large", 431, Retry::never, "the header is too large"},
    {"idempotency_key_missing", 400, Retry::never,
     "a POST needs an Idempotency-Key: 1 to 128 visible ASCII characters, the same for each "
     "repeat"},
    {"in_flight", 409, Retry::after,
     "not yet answered; send the same request with the same key again"},
    {"internal", 500, Retry::same_key,
     "our bug; the same request with the same key is safe to send again"},
    {"key_already_decided", 422, Retry::never,
     "the key's command was decided before it could be voided; see outcome and seq"},
    {"method_not_allowed", 405, Retry::never, "the path has other methods; see Allow"},
    {"not_ready", 503, Retry::after, "the gateway is starting or stopping"},
    {"read_unavailable", 503, Retry::after,
     "the query endpoint does not answer; is the projector running?"},
    {"record_unknown", 404, Retry::never, "the journal has no such record yet"},
    {"request_timeout", 408, Retry::same_key, "the request did not come in time"},
    {"route_unknown", 404, Retry::never, "there is no such path; /openapi.json has all"},
    {"sequencer_unavailable", 503, Retry::after,
     "the sequencer does not answer; send the same request with the same key again"},
    {"too_many_connections", 503, Retry::after, "too many connections are open"},
    {"too_many_waiting", 429, Retry::after, "too many of your requests are waiting"},
    {"unauthenticated", 401, Retry::never,
     "send Authorization: Bearer and a token of this gateway"},
    {"unindexed_filter", 422, Retry::never, "there is no index for this filter"},
    {"unsupported_media_type", 415, Retry::never, "send the body as application/json"},
});
static_assert(std::ranges::is_sorted(kKinds, {}, &Kind::code));

std::string_view name_of(Retry retry) {
    switch (retry) {
        case Retry::never:
            return "never";
        case Retry::same_key:
            return "same_key";
        case Retry::new_key:
            return "new_key";
        case Retry::after:
            return "after";
    }
    return "never";
}

// `insufficient_funds` is "Insufficient funds".
std::string title_of(std::string_view code) {
    std::string title{code};
    std::ranges::replace(title, '_', ' ');
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') title[0] = char(title[0] - 32);
    return title;
}

constexpr std::uint16_t kRefusals = 1000;
constexpr std::uint16_t kMalformations = 2000;

Kind kind_of(std::uint16_t code) {
    const auto name = name_of_code(code);
    const auto detail = remedy_of_code(code);
    if (name.empty()) return {"internal", 500, Retry::same_key, "a code that is not known"};
    if (code == code_of(Rejection::precondition_failed)) return {name, 412, Retry::new_key, detail};
    if (code < kRefusals) return {name, 422, Retry::new_key, detail};
    if (code == code_of(Malformation::too_large)) return {name, 413, Retry::never, detail};
    if (code == code_of(Malformation::producer)) return {name, 503, Retry::after, detail};
    if (code > kMalformations) return {name, 400, Retry::never, detail};
    if (code == code_of(Refusal::idempotency_key_reused)) {
        return {name, 422, Retry::new_key, detail};
    }
    if (code == code_of(Refusal::stopping)) return {name, 409, Retry::after, detail};
    return {name, 503, Retry::after, detail};
}

Kind kind_of(std::string_view code) {
    const auto* found = std::ranges::lower_bound(kKinds, code, {}, &Kind::code);
    if (found != kKinds.end() && found->code == code) return *found;
    for (std::uint16_t number = 1; number < kMalformations + 100; ++number) {
        if (name_of_code(number) == code) return kind_of(number);
    }
    return {"internal", 500, Retry::same_key, "a code that is not known"};
}

}  // namespace

Problem::Problem(std::string_view code, std::string detail) {
    const auto kind = kind_of(code);
    code_ = kind.code;
    status_ = kind.status;
    retry_ = kind.retry;
    title_ = title_of(kind.code);
    detail_ = detail.empty() ? std::string{kind.detail} : std::move(detail);
    if (retry_ == Retry::after) retry_after(1);
}

Problem::Problem(std::uint16_t code, std::string detail)
    : Problem{kind_of(code).code, std::move(detail)} {}

Problem& Problem::with_seq(Seq seq) {
    answer_.seq = seq;
    return with([seq](json::Line& line) { line.big("seq", seq); });
}

Problem& Problem::with(const std::function<void(json::Line&)>& write) {
    json::Line line;
    line.begin_object();
    write(line);
    if (line.str().size() > 1) members_ += "," + line.str().substr(1);
    return *this;
}

Problem& Problem::with_field(std::string_view name, std::string value) {
    answer_.with(name, std::move(value));
    return *this;
}

Problem& Problem::retry_after(unsigned seconds) {
    std::erase_if(answer_.fields, [](const auto& field) { return field.first == "Retry-After"; });
    answer_.with("Retry-After", std::to_string(std::max(seconds, 1U)));
    return *this;
}

Problem& Problem::as_replay(bool is_replay) {
    answer_.is_replay = is_replay;
    return *this;
}

Problem& Problem::because(std::string fault) {
    answer_.fault = std::move(fault);
    return *this;
}

Answer Problem::answer() const {
    Answer answer = answer_;
    answer.status = status_;
    answer.type = kProblemJson;
    answer.code = code_;
    json::Line line;
    line.begin_object()
        .text("type", "urn:daybook:problem:" + std::string{code_})
        .text("title", title_)
        .small("status", status_)
        .text("detail", detail_)
        .text("code", code_)
        .text("retry", name_of(retry_));
    answer.body = line.str() + members_ + "}";
    return answer;
}

Problem bad_fields(const std::vector<json::Problem>& problems) {
    Problem problem{"bad_member"};
    if (!problems.empty()) problem = Problem{"bad_member", as_error(problems.front()).detail};
    problem.with([&](json::Line& line) {
        line.begin_array("errors");
        for (const auto& wrong : problems) {
            line.begin_object()
                .text("pointer", wrong.pointer)
                .text("detail", wrong.why)
                .end_object();
        }
        line.end_array();
    });
    return problem;
}

Problem problem_of(const Error& error) {
    switch (error.code) {
        case ErrorCode::unreachable:
            return Problem{"read_unavailable"};
        case ErrorCode::try_again:
            return Problem{"not_reached"};
        case ErrorCode::usage:
        case ErrorCode::bad_input:
        case ErrorCode::not_found:
        case ErrorCode::cannot_create:
        case ErrorCode::io_failed:
        case ErrorCode::damaged:
        case ErrorCode::no_permission:
        case ErrorCode::configuration:
            break;
    }
    return Problem{"internal"}.because(error.detail);
}

}  // namespace daybook::http
