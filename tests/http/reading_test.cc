// What a gateway reads beside a projection that lags, and beside reads that take long.
#include <chrono>
#include <string>
#include <thread>

#include "http/server.h"
#include "tests/gateway/served.h"
#include "tests/http/deaf_relay.h"
#include "tests/http/running_gateway.h"

namespace daybook::tests {

namespace {

constexpr std::string_view kEntry = R"({"debit":"bank:cash","credit":"users:a","amount":"1"})";
constexpr std::string_view kLiability = R"({"asset":"USD","type":"liability"})";

std::string ask(const RunningGateway& gateway, std::string_view method, std::string_view address,
                std::string_view body = {}, std::string_view fields = {}) {
    Peer peer{gateway};
    peer.ask(method, address, body, fields);
    return peer.answer();
}

http::Options beside(const RunningServer& server) {
    http::Options options;
    options.sequencer = server.sequencer().endpoint();
    options.queries = server.query_endpoint();
    options.feed = "";
    return options;
}

void wait_until_ready(const RunningGateway& gateway) {
    while (status_of(ask(gateway, "GET", "/readyz")) != 200)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
}

void make_book(const RunningGateway& gateway) {
    wait_until_ready(gateway);
    CHECK(status_of(ask(gateway, "PUT", "/v1/assets/USD", R"({"scale":2})")) == 201);
    CHECK(status_of(ask(gateway, "PUT", "/v1/accounts/bank:cash",
                        R"({"asset":"USD","type":"asset"})")) == 201);
    CHECK(status_of(ask(gateway, "PUT", "/v1/accounts/users:a", kLiability)) == 201);
}

}  // namespace

TEST_CASE("trial balances that take long hold up no other read, readiness or command",
          "[http][reading]") {
    const TemporaryDirectory directory;
    const RunningServer server{directory.path()};
    make_book(RunningGateway{beside(server)});
    const DeafRelay relay{directory.path() / "relay", server.query_endpoint(),
                          schema::MessageKind::trial_balance};
    auto options = beside(server);
    options.queries = relay.endpoint();
    RunningGateway gateway{options};
    // Not by /readyz, which keeps what it was told for a second.
    constexpr std::string_view kNobodys = R"({"debit":"users:x","credit":"users:y","amount":"1"})";
    for (const auto* address : {"/v1/entries?dry_run=true", "/v1/entries"}) {
        while (status_of(ask(gateway, "POST", address, kNobodys, "Idempotency-Key: k0\r\n")) != 422)
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    std::vector<std::unique_ptr<Peer>> long_ones;
    for (int i = 0; i < 6; ++i) {
        long_ones.push_back(std::make_unique<Peer>(gateway));
        long_ones.back()->ask("GET", "/v1/trial-balance");
    }
    while (relay.lost() == 0)
        std::this_thread::yield();
    CHECK(status_of(ask(gateway, "GET", "/readyz")) == 200);
    CHECK(has(ask(gateway, "POST", "/v1/entries", kEntry, "Idempotency-Key: k1\r\n"),
              R"("account":"users:a")"));
    CHECK(status_of(ask(gateway, "GET", "/v1/journal/head")) == 200);
}

TEST_CASE("a trial balance that nobody wants any more ends between two pages",
          "[gateway][reading]") {
    const TemporaryDirectory directory;
    const RunningServer server{directory.path()};
    const auto client = gateway::QueryClient::connect({server.query_endpoint()});
    REQUIRE(client);
    CHECK((*client)->trial_balance(kSeqMax, {}, [] { return true; }));
    const auto ended = (*client)->trial_balance(kSeqMax, {}, [] { return false; });
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code == ErrorCode::try_again);
}

TEST_CASE("the head in an answer is no older than the answer", "[http][reading]") {
    const TemporaryDirectory directory;
    const RunningServer server{directory.path()};
    const RunningGateway reading{beside(server)};
    wait_until_ready(reading);
    const RunningGateway writing{beside(server)};
    make_book(writing);
    CHECK(status_of(ask(writing, "POST", "/v1/entries", kEntry, "Idempotency-Key: k1\r\n")) == 201);
    const auto answer = ask(reading, "GET", "/v1/journal/4");
    CHECK(status_of(answer) == 200);
    CHECK(has(answer, "Daybook-Head-Seq: 4\r\n"));
}

TEST_CASE("a statement without an end shows what there is, however far behind the projection is",
          "[http][reading]") {
    const TemporaryDirectory directory;
    RunningServer server{directory.path()};
    const RunningGateway gateway{beside(server)};
    make_book(gateway);
    server.stop_projecting();
    CHECK(status_of(ask(gateway, "POST", "/v1/entries", kEntry, "Idempotency-Key: k1\r\n")) == 201);
    const auto plain = ask(gateway, "GET", "/v1/accounts/users:a/entries");
    CHECK(status_of(plain) == 200);
    CHECK(has(plain, R"("as_of_seq":"3")"));
    CHECK(status_of(ask(gateway, "GET", "/v1/accounts/users:a/entries?to_seq=4", {},
                        "Prefer: wait=0\r\n")) == 503);
}

TEST_CASE("a repeated PUT waits until the account that is there can be shown", "[http][reading]") {
    const TemporaryDirectory directory;
    RunningServer server{directory.path()};
    const RunningGateway gateway{beside(server)};
    make_book(gateway);
    server.stop_projecting();
    const auto put = [&](std::string_view fields) {
        return ask(gateway, "PUT", "/v1/accounts/users:late", kLiability, fields);
    };
    CHECK(has(put("Prefer: wait=1\r\n"), "read_unavailable"));
    std::string repeated;
    std::thread repeating{[&] { repeated = put("Prefer: wait=30\r\n"); }};
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    server.start_projecting();
    repeating.join();
    CHECK(status_of(repeated) == 200);
    CHECK(has(repeated, R"("account":"users:late")"));
}

}  // namespace daybook::tests
