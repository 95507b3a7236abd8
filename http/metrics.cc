#include "http/metrics.h"

#include <algorithm>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unordered_map>
#include <utility>

#include "ledger/outcome.h"

namespace daybook::http {

namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Histogram;

const Histogram::BucketBoundaries kSeconds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                           0.1,    0.25,  0.5,    1,     2.5,  5,     10};
const Histogram::BucketBoundaries kRecords{1, 4, 16, 64, 256, 1024, 4096, 16384, 65536};

}  // namespace

struct Metrics::Impl {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        BuildCounter()
            .Name("daybook_http_requests_total")
            .Help("Requests answered, by route and status")
            .Register(registry);
    prometheus::Family<Histogram>& seconds =
        BuildHistogram()
            .Name("daybook_http_request_seconds")
            .Help("From a request's last byte to its answer, by route")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& problems =
        BuildCounter()
            .Name("daybook_http_problems_total")
            .Help("Requests answered by a problem, by its code")
            .Register(registry);
    prometheus::Family<prometheus::Gauge>& rejections =
        BuildGauge()
            .Name("daybook_rejections_total")
            .Help("Commands of the book that were rejected, by reason, up to applied_seq")
            .Register(registry);
    Histogram& commit_records = BuildHistogram()
                                    .Name("daybook_commit_records")
                                    .Help("Records a group commit; those seen by this gateway")
                                    .Register(registry)
                                    .Add({}, kRecords);
    Histogram& commit_interval =
        BuildHistogram()
            .Name("daybook_commit_interval_seconds")
            .Help("From one group commit to the next; those seen by this gateway")
            .Register(registry)
            .Add({}, kSeconds);

    prometheus::Gauge& gauge(const char* name, const char* help) {
        return BuildGauge().Name(name).Help(help).Register(registry).Add({});
    }
    prometheus::Gauge& head = gauge("daybook_head_seq", "The newest durable seq");
    prometheus::Gauge& applied = gauge("daybook_applied_seq", "The newest seq in the projection");
    prometheus::Gauge& lag_records = gauge("daybook_lag_records", "Records yet to be applied");
    prometheus::Gauge& lag_seconds =
        gauge("daybook_lag_seconds", "How much older the newest applied block is than the head's");
    prometheus::Gauge& queue = gauge("daybook_gateway_queue_depth", "Commands waiting to be sent");
    prometheus::Gauge& in_flight =
        gauge("daybook_gateway_in_flight", "Commands sent and not yet answered");
    prometheus::Gauge& connections = gauge("daybook_gateway_connections", "Open connections");
    prometheus::Gauge& streams = gauge("daybook_gateway_streams", "Open event streams");
    prometheus::Gauge& connected =
        gauge("daybook_gateway_connected", "1: the sequencer has answered");

    std::uint64_t last_block = 0;  // of those noted

    // Looked up by the address of the route's name and the status: cheaper than by labels.
    struct Route {
        Histogram* seconds = nullptr;
        std::map<unsigned, prometheus::Counter*> statuses;
    };
    std::unordered_map<const char*, Route> routes;
};

std::map<std::string, std::uint64_t> rejections_in(const schema::BookFacts& facts) {
    std::map<std::string, std::uint64_t> counts;
    for (std::size_t code = 1; code < facts.outcomes.size(); ++code) {
        const auto name = name_of_code(static_cast<std::uint16_t>(code));
        if (facts.outcomes[code] > 0 && !name.empty()) {
            counts.emplace(name, facts.outcomes[code]);
        }
    }
    return counts;
}

Metrics::Metrics() : impl_{std::make_unique<Impl>()} {}
Metrics::~Metrics() = default;

void Metrics::count(std::string_view route, unsigned status, std::string_view code,
                    std::chrono::nanoseconds took) {
    auto& known = impl_->routes[route.data()];
    if (known.seconds == nullptr) {
        known.seconds = &impl_->seconds.Add({{"route", std::string{route}}}, kSeconds);
    }
    auto*& counter = known.statuses[status];
    if (counter == nullptr) {
        counter = &impl_->requests.Add(
            {{"route", std::string{route}}, {"status", std::to_string(status)}});
    }
    counter->Increment();
    known.seconds->Observe(std::chrono::duration<double>(took).count());
    if (!code.empty()) impl_->problems.Add({{"code", std::string{code}}}).Increment();
}

void Metrics::set_rejections(const std::map<std::string, std::uint64_t>& by_code) {
    for (const auto& [code, count] : by_code)
        impl_->rejections.Add({{"reason", code}}).Set(static_cast<double>(count));
}

void Metrics::note_commits(const std::vector<schema::RecentBlock>& blocks) {
    for (std::size_t i = 0; i < blocks.size() && blocks[i].number > impl_->last_block; ++i) {
        impl_->commit_records.Observe(static_cast<double>(blocks[i].record_count));
        if (i + 1 == blocks.size()) break;
        const auto since = blocks[i].stamp.nanoseconds() - blocks[i + 1].stamp.nanoseconds();
        impl_->commit_interval.Observe(static_cast<double>(since) / 1e9);
    }
    if (!blocks.empty()) impl_->last_block = std::max(impl_->last_block, blocks.front().number);
}

std::string Metrics::text(const Gauges& gauges) {
    impl_->head.Set(gauges.head_seq);
    impl_->applied.Set(gauges.applied_seq);
    impl_->lag_records.Set(gauges.lag_records);
    impl_->lag_seconds.Set(gauges.lag_seconds);
    impl_->queue.Set(gauges.queue_depth);
    impl_->in_flight.Set(gauges.in_flight);
    impl_->connections.Set(gauges.connections);
    impl_->streams.Set(gauges.streams);
    impl_->connected.Set(gauges.is_connected);
    return prometheus::TextSerializer{}.Serialize(impl_->registry.Collect());
}

}  // namespace daybook::http
