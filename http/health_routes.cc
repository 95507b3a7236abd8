// Health, readiness and figures, for whoever watches the gateway.
#include <chrono>
#include <memory>
#include <utility>

#include "http/look_up.h"
#include "http/render.h"
#include "http/routes.h"

namespace daybook::http {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kFactsWait{1000};
constexpr milliseconds kFiguresLast{1000};

}  // namespace

asio::awaitable<Answer> get_health(Service& /*service*/, const Request& /*request*/) {
    Answer answer;
    answer.body = R"({"healthy":true})";
    co_return answer;
}

namespace {

// Nothing when the query endpoint does not answer.
asio::awaitable<std::optional<schema::BookFacts>> ask_facts(Service& service) {
    const Question<schema::BookFacts> question = [](gateway::QueryClient& client) {
        return client.facts();
    };
    const auto deadline = std::chrono::steady_clock::now() + kFactsWait;
    auto facts = co_await look_up<schema::BookFacts>(service, question, deadline);
    if (!facts) co_return std::nullopt;
    co_return *std::move(facts);
}

// Brings the facts to those of this second; one asks for all who want to know meanwhile.
asio::awaitable<void> update_facts(Service& service) {
    auto& figures = service.figures;
    const auto now = std::chrono::steady_clock::now();
    if (now < figures.facts_until) co_return;
    auto own = std::make_shared<Waiting<bool>>(service.waits);
    if (figures.is_asking) {
        figures.waiting.push_back(own);
        co_await Waiting<bool>::wait(own, now + 2 * kFactsWait);
        co_return;
    }
    const Figures::Asking asking{figures};
    figures.facts = co_await ask_facts(service);
    // Whoever waits for it to come back hears soon.
    const auto good_for = figures.facts ? kFiguresLast : kFiguresLast / 10;
    figures.facts_until = std::chrono::steady_clock::now() + good_for;
}

std::optional<Problem> check_reader(const Service& service, const Request& request) {
    const bool is_open = service.is_here || service.options.are_metrics_open;
    if (is_open || request.caller.may(Scope::read)) return std::nullopt;
    if (request.caller.scopes != 0) return Problem{"forbidden", "the token has not the scope read"};
    return Problem{"unauthenticated",
                   "off loopback this needs a token with the scope read, or --open-metrics"}
        .with_field("WWW-Authenticate", "Bearer realm=\"daybook\"");
}

}  // namespace

asio::awaitable<Answer> get_readiness(Service& service, const Request& request) {
    if (const auto wrong = check_reader(service, request)) co_return wrong->answer();
    co_await update_facts(service);
    const auto& facts = service.figures.facts;
    const bool is_ready = facts && service.lane.is_connected() && !service.is_draining;
    json::Line line;
    line.begin_object().boolean("ready", is_ready);
    if (facts) write_standing(line, facts->standing);
    Answer answer{is_ready ? 200U : 503U};
    answer.body = line.end_object().str();
    if (!is_ready) answer.with("Retry-After", "1");
    co_return answer;
}

namespace {

std::string metrics_text(Service& service, const std::optional<schema::BookFacts>& facts) {
    Gauges gauges;
    gauges.head_seq = static_cast<double>(service.head().value());
    if (facts) {
        const auto& standing = facts->standing;
        gauges.head_seq = static_cast<double>(standing.head.value());
        gauges.applied_seq = static_cast<double>(standing.watermark.value());
        gauges.lag_records = static_cast<double>(standing.lag_records());
        gauges.lag_seconds = static_cast<double>(standing.lag_ns()) / 1e9;
        service.metrics.set_rejections(rejections_in(*facts));
        service.metrics.note_commits(facts->blocks);
    }
    gauges.queue_depth = static_cast<double>(service.lane.waiting());
    gauges.in_flight = static_cast<double>(service.lane.in_flight());
    gauges.connections = static_cast<double>(service.connections);
    gauges.streams = static_cast<double>(service.streams);
    gauges.is_connected = service.lane.is_connected() ? 1 : 0;
    return service.metrics.text(gauges);
}

}  // namespace

asio::awaitable<Answer> get_metrics(Service& service, const Request& request) {
    if (const auto wrong = check_reader(service, request)) co_return wrong->answer();
    co_await update_facts(service);
    const auto& facts = service.figures.facts;
    auto& figures = service.figures;
    const auto now = std::chrono::steady_clock::now();
    if (now >= figures.metrics_until) {
        figures.metrics = metrics_text(service, facts);
        figures.metrics_until = now + kFiguresLast;
    }
    Answer answer;
    answer.type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = figures.metrics;
    co_return answer;
}

}  // namespace daybook::http
