// What became of a key, and giving one up.
#include <algorithm>
#include <span>

#include "gateway/key.h"
#include "http/render.h"
#include "http/routes.h"
#include "http/writing.h"

namespace daybook::http {

namespace {

OrProblem<Id128> key_in_path(const Request& request) {
    const auto key = gateway::key_from_text(request.part(0));
    if (!key) {
        return std::unexpected{Problem{
            "bad_parameter", "the key is not 1 to 128 visible ASCII characters, or all zeros"}};
    }
    return *key;
}

// Of a key that was decided.
void write_outcome(json::Line& line, const Request& request, const schema::Receipt& receipt) {
    line.text("key", request.part(0)).text("outcome", name_of(receipt.verdict));
    if (receipt.verdict == Verdict::not_seen) {
        line.big("as_of_seq", receipt.seq);
        return;
    }
    line.big("seq", receipt.seq).text("recorded_at", to_string(receipt.stamp));
    if (receipt.code == 0) return;
    line.text("code", name_of_code(receipt.code)).text("detail", remedy_of_code(receipt.code));
}

}  // namespace

asio::awaitable<Answer> get_command(Service& service, const Request& request) {
    const auto key = key_in_path(request);
    if (!key) co_return key.error().answer();
    if (service.lane.is_under_way(request.caller.producer, *key)) {
        json::Line line;
        line.begin_object().text("key", request.part(0)).text("outcome", "pending").end_object();
        Answer pending;
        pending.body = line.str();
        co_return pending;
    }
    const Ask asked{service.outcomes, [key = *key](gateway::CommandClient& client) {
                        return client.outcomes(std::span{&key, 1});
                    }};
    const auto receipts = co_await ask(service, request, asked);
    if (!receipts) co_return unanswered(service, "sequencer_unavailable").answer();
    if (!*receipts) {
        const bool are_many = (*receipts).error().code == ErrorCode::try_again;
        co_return Problem{are_many ? "overloaded" : "sequencer_unavailable"}.answer();
    }
    const auto& receipt = (*receipts)->front();
    if (receipt.verdict == Verdict::malformed || receipt.verdict == Verdict::refused) {
        co_return Problem{receipt.code}.answer();
    }
    json::Line line;
    line.begin_object();
    write_outcome(line, request, receipt);
    line.end_object();
    Answer answer;
    answer.body = line.str();
    co_return answer;
}

asio::awaitable<Answer> void_key(Service& service, const Request& request) {
    const auto key = key_in_path(request);
    if (!key) co_return key.error().answer();
    // The path says what is bound; that the header says it too keeps a mistyped path from it.
    const auto stated = key_of(request);
    if (!stated) co_return stated.error().answer();
    if (*stated != *key) {
        co_return Problem{"bad_header",
                          "Idempotency-Key is another than the key in the path; to "
                          "void a key send it as both"}
            .answer();
    }
    const auto body = read_body(request);
    if (!body) co_return body.error().answer();
    if (!body->fields.empty()) {
        const auto& name = body->fields.front().name;
        co_return bad_fields({{name, "/" + name, "is not known here"}}).answer();
    }
    auto commands = service.lane.encode({VoidKey{*key}});
    if (!commands) co_return Problem{"internal"}.answer();
    const auto receipts = co_await submit(service, request, *std::move(commands));
    if (!receipts) co_return receipts.error().answer();
    const auto& receipt = receipts->front();
    if (receipt.code == code_of(Rejection::voided)) {
        json::Line line;
        line.begin_object()
            .text("key", request.part(0))
            .text("outcome", "voided")
            .big("seq", receipt.seq)
            .text("recorded_at", to_string(receipt.stamp))
            .end_object();
        Answer answer{201};
        answer.body = line.str();
        answer.seq = receipt.seq;
        answer.is_replay = receipt.is_replay;
        co_return answer;
    }
    if (receipt.seq == Seq{}) co_return Problem{receipt.code}.answer();
    co_return Problem{"key_already_decided"}
        .with_seq(receipt.seq)
        .with([&](json::Line& line) { line.text("outcome", name_of(receipt.verdict)); })
        .as_replay(receipt.is_replay)
        .answer();
}

}  // namespace daybook::http
