#include "projector/query_server.h"

#include <chrono>
#include <optional>
#include <random>
#include <thread>

#include <catch2/catch.hpp>
#include <zmq.hpp>

#include "gateway/query_client.h"
#include "projector/record_range.h"
#include "schema/receipts.h"
#include "schema/run.h"
#include "tests/projector/answering.h"
#include "tests/projector/support.h"

namespace daybook::projector {

using namespace std::chrono_literals;
using test::Ledger;
using test::must;
using test::Place;

namespace {

// A journal, its projection as far as `project` took it, and a query server on both.
class Served {
public:
    Served() {
        test::open_some_accounts(ledger);
        must(projector->catch_up());
        answering.emplace(place, ledger);
    }

    const std::string& endpoint() const { return answering->endpoint(); }
    std::unique_ptr<gateway::QueryClient> connect() const { return answering->connect(); }

    Place place;
    Ledger ledger{place.journal()};
    std::unique_ptr<Projector> projector = test::open_projector(place, ledger);
    std::optional<test::Answering> answering;
};

class Peer {
public:
    explicit Peer(const std::string& endpoint) {
        socket_.set(zmq::sockopt::rcvtimeo, 5000);
        socket_.set(zmq::sockopt::linger, 0);
        socket_.connect(endpoint);
    }
    void send(Bytes bytes) {
        socket_.send(zmq::buffer(bytes.data(), bytes.size()), zmq::send_flags::none);
    }
    void ask(const schema::Query& query, std::uint64_t correlation) {
        send(schema::encode_query(query, test::kBook, correlation));
    }
    std::vector<std::byte> receive() {
        zmq::message_t message;
        REQUIRE(socket_.recv(message));
        return {message.data<std::byte>(), message.data<std::byte>() + message.size()};
    }

private:
    zmq::context_t context_;
    zmq::socket_t socket_{context_, zmq::socket_type::dealer};
};

std::vector<Seq> seqs_of(const gateway::RecordPage& page) {
    std::vector<Seq> seqs;
    schema::RunReader runs{page.runs};
    schema::Run run;
    while (!runs.is_at_end()) {
        REQUIRE(runs.next(run) == Malformation::none);
        for (Seq seq = run.first; seq <= run.last(); seq = seq.next())
            seqs.push_back(seq);
    }
    return seqs;
}

}  // namespace

TEST_CASE("balances come with the watermark they stand at, unknown codes without a number",
          "[projector][query]") {
    Served served;
    served.ledger.transfer(1, 3, 40);
    served.ledger.commit();
    must(served.projector->catch_up());
    const auto client = served.connect();
    const std::vector<std::string> codes{"users:2", "nobody", "bank:euros"};
    const auto answer = must(client->balances(codes, {Seq{8}, 5s}));
    CHECK(answer.standing.watermark == Seq{8});
    CHECK(answer.standing.head == Seq{8});
    REQUIRE(answer.lines.size() == 3);
    CHECK(answer.lines[0].number == AccountNumber{3});
    CHECK(answer.lines[0].totals.posted_credits == Amount{0, 40});
    CHECK(answer.lines[0].version == 1);
    CHECK(answer.lines[0].last == TouchPointer{Seq{8}, 1});
    CHECK(answer.lines[1].number.is_none());
    CHECK(answer.lines[2].asset_code == "EUR");
    CHECK(answer.lines[2].scale == 3);
    const std::vector<AccountNumber> numbers{AccountNumber{3}, AccountNumber{99}, AccountNumber{5}};
    const auto named = must(client->named_balances(numbers));
    REQUIRE(named.lines.size() == 3);
    CHECK(named.lines[0] == schema::NamedBalance{"users:2", answer.lines[0]});
    CHECK(named.lines[1] == schema::NamedBalance{});
    CHECK(named.lines[2] == schema::NamedBalance{"bank:euros", answer.lines[2]});
}

TEST_CASE("the status tells how far journal and projection are apart", "[projector][query]") {
    Served served;
    const auto client = served.connect();
    CHECK(client->book() == test::kBook);
    CHECK(must(client->status()).standing.lag_records() == 0);
    served.ledger.transfer(1, 4, 1);
    served.ledger.commit();
    std::this_thread::sleep_for(2ms);  // a cut may be as old as a millisecond
    const auto status = must(client->status());
    CHECK(status.standing.head == Seq{8});
    CHECK(status.standing.watermark == Seq{7});
    CHECK(status.standing.lag_records() == 1);
    CHECK(status.standing.lag_ns() > 0);
    CHECK(status.journal.count >= 1);
    CHECK(status.projection.count >= 1);
}

TEST_CASE("what is not reached in time is refused and says how far it is", "[projector][query]") {
    Served served;
    const auto client = served.connect();
    const std::vector<std::string> codes{"users:2"};
    for (const auto wait : {0ms, 30ms}) {
        const auto error = test::error_of(client->balances(codes, {Seq{9}, wait}));
        CHECK(error.code == ErrorCode::try_again);
        CHECK(error.detail.find("not_reached: the projection is at seq 7, before 9") !=
              std::string::npos);
    }
    CHECK(test::error_of(client->records(Seq{1}, 100, {Seq{9}, 10ms})).detail.find("the journal") !=
          std::string::npos);
    CHECK(must(client->balances(codes, {Seq{7}, 0ms})).standing.watermark == Seq{7});
}

TEST_CASE("a query that waits is answered when its Seq comes, and holds no other up",
          "[projector][query]") {
    Served served;
    Peer waiting{served.endpoint()};
    waiting.ask({.kind = schema::MessageKind::balances,
                 .min_seq = Seq{8},
                 .wait_ms = 20'000,
                 .from = {},
                 .bytes_max = 0,
                 .texts = {"users:2"}},
                5);
    const auto client = served.connect();
    for (int i = 0; i < 100; ++i)
        CHECK(must(client->status()).standing.watermark == Seq{7});
    // The same peer's later queries are not held up either.
    waiting.ask({}, 6);
    CHECK(schema::decode_header(waiting.receive())->correlation == 6);
    served.ledger.transfer(1, 3, 40);
    served.ledger.commit();
    must(served.projector->catch_up());
    const auto answer = waiting.receive();
    CHECK(schema::decode_header(answer)->correlation == 5);
    CHECK(schema::decode_balances(answer)->standing.watermark == Seq{8});
}

TEST_CASE("only so many queries of a peer wait; the next is told so", "[projector][query][I10]") {
    Served served;
    Peer peer{served.endpoint()};
    const auto ask = [&](std::uint64_t correlation) {
        peer.ask(
            {.kind = schema::MessageKind::status, .min_seq = Seq{9}, .wait_ms = 500, .from = {}},
            correlation);
    };
    for (std::uint64_t correlation = 1; correlation <= 6; ++correlation)
        ask(correlation);
    // Those that find no room are told at once, the others when their time is over.
    for (const std::uint64_t correlation : {5U, 6U, 1U, 2U, 3U, 4U}) {
        const auto answer = peer.receive();
        CHECK(schema::decode_header(answer)->correlation == correlation);
        const auto expected = correlation > 4 ? Refusal::overloaded : Refusal::not_reached;
        CHECK(schema::decode_refusal(answer)->code == code_of(expected));
    }
}

TEST_CASE("ranges hold whole records from the Seq asked for, one at least, and the head",
          "[projector][query]") {
    Served served;
    for (int block = 0; block < 10; ++block) {
        for (int i = 0; i < 7; ++i)
            served.ledger.transfer(1, 4, 1);
        served.ledger.commit();
    }
    const Seq head = served.ledger.head().last_seq();
    std::this_thread::sleep_for(2ms);
    const auto client = served.connect();
    const std::size_t bytes_max = GENERATE(0U, 1U, 500U, 2'000U, 100'000'000U);
    CAPTURE(bytes_max);
    Seq next{1};
    while (next <= head) {
        const auto page = must(client->records(next, bytes_max));
        CHECK(page.head == head);
        const auto seqs = seqs_of(page);
        REQUIRE_FALSE(seqs.empty());
        CHECK((seqs.size() == 1 || page.runs.size() <= bytes_max));
        for (const Seq seq : seqs) {
            REQUIRE(seq == next);
            next = next.next();
        }
    }
    CHECK(must(client->records(next, bytes_max)).runs.empty());
}

TEST_CASE("accounts are found by whole parts of their codes, page after page",
          "[projector][query]") {
    Served served;
    served.ledger.open("users");
    served.ledger.open("users-b");
    served.ledger.open("users2:1");
    for (int i = 0; i < 5000; ++i)
        served.ledger.open("many:" + std::to_string(i));
    served.ledger.commit();
    must(served.projector->catch_up());
    const auto client = served.connect();
    const auto codes_under = [&](const std::string& path) {
        std::vector<std::string> codes;
        for (const auto& account : must(client->accounts(path, {Seq{8}, 5s})).accounts)
            codes.push_back(account.code);
        return codes;
    };
    CHECK(codes_under("users") ==
          std::vector<std::string>{"users", "users:1", "users:2", "users:3"});
    CHECK(codes_under("users:2") == std::vector<std::string>{"users:2"});
    CHECK(codes_under("user").empty());
    CHECK(codes_under("many").size() == 5000);
    CHECK(codes_under("").size() == 5008);
}

TEST_CASE("hostile queries are refused by name, and the server lives", "[projector][query][D13]") {
    Served served;
    Peer peer{served.endpoint()};
    const auto refusal_to = [&](Bytes bytes) {
        peer.send(bytes);
        return schema::decode_refusal(peer.receive())->code;
    };
    const auto good = schema::encode_query({.kind = schema::MessageKind::accounts,
                                            .min_seq = {},
                                            .wait_ms = 0,
                                            .from = {},
                                            .bytes_max = 0,
                                            .texts = {"users", ""}},
                                           test::kBook, 1);
    CHECK(refusal_to(std::vector<std::byte>(10)) == code_of(Malformation::bad_bytes));
    CHECK(refusal_to(std::span{good}.first(good.size() - 1)) == code_of(Malformation::bad_bytes));
    CHECK(refusal_to(schema::encode_query({}, test::kOtherBook, 1)) ==
          code_of(Malformation::other_book));
    auto kind = good;
    kind[6] = std::byte{2};  // a command
    CHECK(refusal_to(kind) == code_of(Malformation::unknown_kind));
    std::mt19937 random{7};
    for (int round = 0; round < 2000; ++round) {
        auto message = good;
        for (int i = 0; i < 4; ++i)
            message[random() % message.size()] = std::byte(random());
        message[6] = std::byte(16 + random() % 16);
        message[64 + 16] = message[64 + 17] = message[64 + 18] = message[64 + 19] = std::byte{};
        peer.send(message);
        peer.receive();
    }
    Peer greedy{served.endpoint()};
    greedy.send(std::vector<std::byte>(schema::kQueryBytesMax + 1));
    CHECK(must(served.connect()->status()).standing.head == Seq{7});
}

TEST_CASE("a peer that asks for much and reads nothing holds nobody up",
          "[projector][query][I10]") {
    Served served;
    for (int i = 0; i < 3000; ++i)
        served.ledger.transfer(1, 4, 1);
    served.ledger.commit();
    Peer silent{served.endpoint()};
    for (std::uint64_t i = 0; i < 500; ++i) {
        silent.ask({.kind = schema::MessageKind::record_range,
                    .min_seq = {},
                    .wait_ms = 0,
                    .from = Seq{1},
                    .bytes_max = 1 << 20},
                   i);
    }
    const auto client = served.connect();
    for (int i = 0; i < 20; ++i)
        CHECK(must(client->records(Seq{1})).head == Seq{3007});
}

TEST_CASE("an endpoint that is taken or that others can reach is refused", "[projector][query]") {
    Served served;
    const auto open = [&](const std::string& endpoint) {
        return test::error_of(QueryServer::open(served.ledger.environment(),
                                                served.place.projection(), {endpoint}))
            .code;
    };
    CHECK(open("tcp://0.0.0.0:7413") == ErrorCode::configuration);
    CHECK(open("nonsense") == ErrorCode::configuration);
}

// A server once ended where a block's start fitted and its first record did not.
TEST_CASE("a range of records of any size holds whole runs", "[projector][query][I15]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    for (int block = 0; block < 3; ++block) {
        ledger.transfer(1, 4, 5);
        ledger.commit();
    }
    auto snapshot = must(journal::Snapshot::open(ledger.environment()));
    for (std::size_t bytes_max = 1; bytes_max < 4096; bytes_max += 8) {
        std::vector<std::byte> out;
        const auto count = must(append_records(snapshot, Seq{1}, bytes_max, out));
        std::uint32_t read = 0;
        schema::RunReader runs{out};
        schema::Run run;
        while (!runs.is_at_end()) {
            REQUIRE(runs.next(run) == Malformation::none);
            read += static_cast<std::uint32_t>(run.records.size());
        }
        REQUIRE(read == count);
        REQUIRE(count > 0);
    }
}

}  // namespace daybook::projector
