// The gateway beside peers that fail: what cannot be brought about from outside.
#include "http/server.h"

#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "http/tokens.h"
#include "ledger/outcome.h"
#include "tests/gateway/served.h"
#include "tests/http/fake_peer.h"
#include "tests/http/running_gateway.h"

namespace daybook::tests {

namespace {

constexpr std::string_view kEntry = R"({"debit":"bank:cash","credit":"users:a","amount":"1"})";

std::string key(int number) {
    return "Idempotency-Key: k" + std::to_string(number) + "\r\n";
}

// A gateway to a sequencer that is as the test says; there is nobody to read from.
struct Beside {
    explicit Beside(FakePeer::Manner manner, std::uint16_t refusal = 0, const http::Caps& caps = {})
        : sequencer{directory.path() / "listen", manner, refusal}, gateway{options(caps)} {
        // Commands are taken once the sequencer has named its book.
        std::string answer;
        do {
            Peer peer{gateway};
            peer.ask("GET", "/metrics");
            answer = peer.answer();
        } while (!has(answer, "daybook_gateway_connected 1"));
    }
    http::Options options(const http::Caps& caps) const {
        http::Options chosen;
        chosen.sequencer = sequencer.endpoint();
        chosen.queries = "ipc://" + (directory.path() / "query").string();
        chosen.caps = caps;
        return chosen;
    }

    TemporaryDirectory directory;
    FakePeer sequencer;
    RunningGateway gateway;
};

// Until the command is on its way.
void wait_until_pending(const RunningGateway& gateway, int number) {
    std::string answer;
    do {
        Peer peer{gateway};
        peer.ask("GET", "/v1/commands/k" + std::to_string(number));
        answer = peer.answer();
    } while (!has(answer, R"("pending")"));
}

}  // namespace

TEST_CASE("what waits still when the draining ends is answered, and the gateway ends in order",
          "[http][server]") {
    http::Caps caps;
    caps.drain_time = std::chrono::seconds{1};
    Beside beside{FakePeer::Manner::silent, 0, caps};
    Peer waiting{beside.gateway};
    waiting.ask("POST", "/v1/entries", kEntry, key(1) + "Prefer: wait=30\r\n");
    wait_until_pending(beside.gateway, 1);
    // Who was told to go on is not idle any more.
    const std::string go_on = "Expect: 100-continue\r\n";
    Peer reading{beside.gateway};
    reading.ask("POST", "/v1/entries", kEntry, key(3) + go_on + "Prefer: wait=30\r\n");
    CHECK(reading.receive("\r\n\r\n").starts_with("HTTP/1.1 100 "));
    Peer dripping{beside.gateway};
    dripping.send("POST /v1/entries HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n" + key(2) +
                  go_on + "Content-Type: application/json\r\n\r\n{");
    CHECK(dripping.receive("\r\n\r\n").starts_with("HTTP/1.1 100 "));
    beside.gateway.stop();
    const auto answer = waiting.answer();
    CHECK(status_of(answer) == 503);
    CHECK(has(answer, R"("code":"not_ready")"));
    CHECK(has(answer, "Connection: close"));
    CHECK(status_of(reading.answer()) == 503);
    CHECK(status_of(dripping.answer()) == 408);
    beside.gateway.join();
}

TEST_CASE("bodies that are read have one budget, past which the next is refused by its header",
          "[http][server]") {
    http::Caps caps;
    caps.all_bodies_bytes_max = 1000;
    Beside beside{FakePeer::Manner::refusing, code_of(Refusal::overloaded), caps};
    const auto header = [](int number, std::size_t bytes) {
        return "POST /v1/entries?dry_run=true HTTP/1.1\r\nHost: localhost\r\n" + key(number) +
               "Content-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: " +
               std::to_string(bytes) + "\r\n\r\n";
    };
    Peer first{beside.gateway};
    first.send(header(1, 900));
    CHECK(first.receive("\r\n\r\n").starts_with("HTTP/1.1 100 "));
    Peer second{beside.gateway};
    second.send(header(2, 200));
    const auto refused = second.answer();
    CHECK(status_of(refused) == 503);
    CHECK(has(refused, "too many bodies"));
    CHECK(has(refused, "Connection: close"));
    first.send(std::string(900 - kEntry.size(), ' ') + std::string{kEntry});
    CHECK_FALSE(has(first.answer(), "too many bodies"));
    Peer third{beside.gateway};
    third.send(header(3, 900));
    CHECK(third.receive("\r\n\r\n").starts_with("HTTP/1.1 100 "));
}

TEST_CASE("a GET with a body is refused by its header, and takes no room from others",
          "[http][server]") {
    http::Caps caps;
    caps.all_bodies_bytes_max = 1000;
    Beside beside{FakePeer::Manner::refusing, code_of(Refusal::overloaded), caps};
    std::vector<std::unique_ptr<Peer>> greedy;
    for (const auto* start : {"GET /healthz", "GET /", "HEAD /openapi.json", "GET /v1/limits"}) {
        greedy.push_back(std::make_unique<Peer>(beside.gateway));
        greedy.back()->send(std::string{start} +
                            " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n");
    }
    Peer honest{beside.gateway};
    honest.ask("POST", "/v1/entries?dry_run=true", kEntry, key(1));
    CHECK_FALSE(has(honest.answer(), "too many bodies"));
    for (auto& each : greedy) {
        const auto answer = each->receive("\r\n\r\n");
        CHECK(status_of(answer) == 400);
        CHECK(has(answer, "Connection: close"));
    }
}

TEST_CASE("once there are tokens no producer's bodies take the room of the others",
          "[http][server]") {
    const TemporaryDirectory directory;
    http::Options options;
    options.sequencer = "ipc://" + (directory.path() / "listen").string();
    options.queries = "ipc://" + (directory.path() / "query").string();
    options.tokens = directory.path() / "tokens";
    options.caps.bodies_of_producer_bytes_max = 1000;
    std::ofstream file{options.tokens};
    std::vector<std::string> tokens;
    for (const std::uint32_t producer : {7U, 8U}) {
        http::Caller caller;
        caller.producer = ProducerId{producer};
        caller.scopes = static_cast<unsigned>(http::Scope::post);
        const auto made = http::make_token(caller);
        tokens.push_back("Authorization: Bearer " + made.token + "\r\n");
        file << made.line << '\n';
    }
    file.close();
    RunningGateway gateway{options};
    const auto begin = [&](Peer& peer, int number, const std::string& token) {
        peer.send("POST /v1/entries HTTP/1.1\r\nHost: localhost\r\n" + key(number) + token +
                  "Content-Type: application/json\r\nExpect: 100-continue\r\n"
                  "Content-Length: 600\r\n\r\n");
        return peer.receive("\r\n\r\n");
    };
    Peer first{gateway};
    CHECK(status_of(begin(first, 1, tokens[0])) == 100);
    Peer second{gateway};
    const auto refused = begin(second, 2, tokens[0]);
    CHECK(status_of(refused) == 429);
    CHECK(has(refused, "Retry-After: "));
    Peer other{gateway};
    CHECK(status_of(begin(other, 3, tokens[1])) == 100);
}

TEST_CASE("a body in chunks counts as what it is once it has come", "[http][server]") {
    http::Caps caps;
    caps.body_bytes_max = 1000;
    caps.all_bodies_bytes_max = 1500;
    caps.drain_time = std::chrono::seconds{1};
    Beside beside{FakePeer::Manner::silent, 0, caps};
    const auto begin = [](Peer& peer, int number) {
        peer.send("POST /v1/entries HTTP/1.1\r\nHost: localhost\r\n" + key(number) +
                  "Content-Type: application/json\r\nExpect: 100-continue\r\n"
                  "Prefer: wait=30\r\nTransfer-Encoding: chunked\r\n\r\n");
        return peer.receive("\r\n\r\n");
    };
    Peer first{beside.gateway};
    CHECK(status_of(begin(first, 1)) == 100);
    std::ostringstream size;
    size << std::hex << kEntry.size();
    first.send(size.str() + "\r\n" + std::string{kEntry} + "\r\n0\r\n\r\n");
    wait_until_pending(beside.gateway, 1);
    Peer second{beside.gateway};
    CHECK(status_of(begin(second, 2)) == 100);
}

TEST_CASE("what is refused, tried or meant, says so at once with when to come again, and asks once",
          "[http][server]") {
    const auto refusal =
        GENERATE(Refusal::overloaded, Refusal::disk_nearly_full, Refusal::stopping);
    const auto* const address = GENERATE("/v1/entries?dry_run=true", "/v1/entries");
    Beside beside{FakePeer::Manner::refusing, code_of(refusal)};
    Peer peer{beside.gateway};
    peer.ask("POST", address, kEntry, key(1));
    const auto answer = peer.answer();
    CHECK(status_of(answer) == (refusal == Refusal::stopping ? 409 : 503));
    CHECK(has(answer, std::string{R"("code":")"} + std::string{name_of(refusal)} + "\""));
    CHECK(has(answer, "Retry-After: 3\r\n"));
    CHECK(beside.sequencer.commands_seen() == 1);
}

TEST_CASE("a sequencer that refuses all is not taken for gone", "[http][server]") {
    Beside beside{FakePeer::Manner::refusing, code_of(Refusal::disk_nearly_full)};
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{4};
    for (int number = 1; std::chrono::steady_clock::now() < until; ++number) {
        Peer peer{beside.gateway};
        peer.ask("POST", "/v1/entries", kEntry, key(number) + "Prefer: wait=1\r\n");
        REQUIRE(has(peer.answer(), R"("code":"disk_nearly_full")"));
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
    }
    Peer peer{beside.gateway};
    peer.ask("GET", "/metrics");
    CHECK(has(peer.answer(), "daybook_gateway_connected 1"));
}

TEST_CASE("what became of a key is told while dry runs get no answer", "[http][server]") {
    Beside beside{FakePeer::Manner::silent};
    std::vector<std::unique_ptr<Peer>> trying;
    for (int number = 0; number < 4; ++number) {
        trying.push_back(std::make_unique<Peer>(beside.gateway));
        trying.back()->ask("POST", "/v1/entries?dry_run=true", kEntry, key(number));
    }
    while (beside.sequencer.commands_seen() == 0)
        std::this_thread::yield();
    Peer peer{beside.gateway};
    peer.ask("GET", "/v1/commands/k7");
    CHECK(has(peer.answer(), R"("not_seen")"));
    for (auto& each : trying)
        CHECK(status_of(each->answer()) == 503);
}

TEST_CASE("past the cap of what waits a dry run and a PUT are overloaded", "[http][server]") {
    http::Caps caps;
    caps.reads_waiting_max = 0;
    Beside beside{FakePeer::Manner::silent, 0, caps};
    Peer peer{beside.gateway};
    peer.ask("POST", "/v1/entries?dry_run=true", kEntry, key(1));
    CHECK(has(peer.answer(), R"("code":"overloaded")"));
    peer.ask("PUT", "/v1/assets/USD", R"({"scale":2})");
    CHECK(has(peer.answer(), R"("code":"overloaded")"));
    peer.ask("GET", "/v1/commands/k1");
    CHECK(has(peer.answer(), R"("code":"overloaded")"));
}

TEST_CASE("who has too many commands waiting is told 429", "[http][server]") {
    http::Caps caps;
    caps.commands_of_producer_max = 1;
    caps.drain_time = std::chrono::seconds{1};
    Beside beside{FakePeer::Manner::silent, 0, caps};
    std::vector<std::unique_ptr<Peer>> waiting;
    // Two messages are in flight, one command waits: the fourth is one too many.
    for (int number = 1; number <= 3; ++number) {
        waiting.push_back(std::make_unique<Peer>(beside.gateway));
        waiting.back()->ask("POST", "/v1/entries", kEntry, key(number));
        wait_until_pending(beside.gateway, number);
        while (number < 3 && beside.sequencer.commands_seen() < number)
            std::this_thread::yield();
    }
    Peer peer{beside.gateway};
    peer.ask("POST", "/v1/entries", kEntry, key(4));
    const auto answer = peer.answer();
    CHECK(status_of(answer) == 429);
    CHECK(has(answer, R"("code":"too_many_waiting")"));
    CHECK(has(answer, "Retry-After: "));
    peer.ask("POST", "/v1/commands/k5/void", {}, key(5));
    CHECK(status_of(peer.answer()) == 429);
}

TEST_CASE("a fault of ours is a 500 that shows nothing of it", "[http][server]") {
    const TemporaryDirectory directory;
    const FakePeer queries{directory.path() / "query", FakePeer::Manner::nonsense};
    http::Options options;
    options.sequencer = "ipc://" + (directory.path() / "listen").string();
    options.queries = queries.endpoint();
    RunningGateway gateway{options};
    Peer peer{gateway};
    for (const auto* address :
         {"/v1/status", "/v1/accounts/users:a", "/v1/accounts/users:a/balance", "/v1/accounts",
          "/v1/accounts/users:a/entries", "/v1/entries/1", "/v1/entries?reference=a",
          "/v1/trial-balance", "/v1/journal", "/v1/journal/1", "/v1/journal/head"}) {
        INFO(address);
        peer.ask("GET", address, {}, "X-Request-Id: fault-1\r\n");
        const auto answer = peer.answer();
        CHECK(status_of(answer) == 500);
        CHECK(has(answer, R"("code":"internal")"));
        CHECK(has(answer, R"("retry":"same_key")"));
        CHECK_FALSE(has(answer, "protocol"));
        CHECK(has(answer, "X-Request-Id: fault-1\r\n"));
        CHECK(has(answer, R"("request_id":"fault-1")"));
    }
}

TEST_CASE("a gateway ends when another book answers than the one it served", "[http][server]") {
    const TemporaryDirectory directory;
    const auto refused = code_of(Malformation::other_book);
    http::Options options;
    options.queries = "ipc://" + (directory.path() / "query").string();
    auto sequencer = std::make_unique<FakePeer>(directory.path() / "listen",
                                                FakePeer::Manner::refusing, refused);
    options.sequencer = sequencer->endpoint();
    RunningGateway gateway{options};
    std::string answer;
    do {
        Peer peer{gateway};
        peer.ask("GET", "/metrics");
        answer = peer.answer();
    } while (!has(answer, "daybook_gateway_connected 1"));
    sequencer.reset();
    sequencer = std::make_unique<FakePeer>(directory.path() / "listen", FakePeer::Manner::refusing,
                                           refused, id_of(0x41));
    Peer peer{gateway};
    peer.ask("POST", "/v1/entries", kEntry, key(1));
    const auto outcome = gateway.outcome();
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ErrorCode::damaged);
    CHECK(has(outcome.error().detail, "book 41"));
}

TEST_CASE("accounts that the projection knows are named however far behind it is",
          "[http][server]") {
    const TemporaryDirectory directory;
    RunningServer server{directory.path()};
    http::Options options;
    options.sequencer = server.sequencer().endpoint();
    options.queries = server.query_endpoint();
    options.feed = "";
    std::string seq;
    {
        RunningGateway gateway{options};
        Peer peer{gateway};
        const auto put = [&](std::string_view address, std::string_view body) {
            std::string answer;
            do {
                peer.ask("PUT", address, body);
                answer = peer.answer();
            } while (status_of(answer) == 503);
            return answer;
        };
        put("/v1/assets/USD", R"({"scale":2})");
        put("/v1/accounts/bank:cash", R"({"asset":"USD","type":"asset"})");
        const auto opened = put("/v1/accounts/users:a", R"({"asset":"USD","type":"liability"})");
        REQUIRE(status_of(opened) == 201);
    }
    server.stop_projecting();
    // It has no names yet, and what it posts is not going to be projected.
    RunningGateway gateway{options};
    Peer peer{gateway};
    std::string answer;
    do {
        peer.ask("POST", "/v1/entries", kEntry, key(1));
        answer = peer.answer();
    } while (has(answer, R"("sequencer_unavailable")"));
    CHECK(status_of(answer) == 201);
    CHECK(has(answer, R"("account":"users:a")"));
}

}  // namespace daybook::tests
