#include <cstring>
#include <random>

#include <zmq.hpp>

#include "schema/message.h"
#include "schema/receipts.h"
#include "schema/submission.h"
#include "sequencer/ingress.h"
#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;
using schema::MessageKind;

namespace {

// A peer that sends what it likes.
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
    void send_frames(int count) {
        for (int i = 0; i < count; ++i) {
            socket_.send(zmq::str_buffer("x"),
                         i + 1 < count ? zmq::send_flags::sndmore : zmq::send_flags::none);
        }
    }
    std::vector<std::byte> receive() {
        zmq::message_t message;
        REQUIRE(socket_.recv(message));
        return {message.data<std::byte>(), message.data<std::byte>() + message.size()};
    }
    std::uint16_t refusal_to(Bytes bytes) {
        send(bytes);
        const auto refusal = schema::decode_refusal(receive());
        REQUIRE(refusal);
        return refusal->code;
    }

private:
    zmq::context_t context_;
    zmq::socket_t socket_{context_, zmq::socket_type::dealer};
};

std::vector<std::byte> good_message(const Id128& book) {
    schema::SubmissionBuilder builder;
    builder.begin(MessageKind::transfers, book, 77);
    REQUIRE(builder.add_transfer(transfer(id_of(50), 1, 2, 10)));
    REQUIRE(builder.add_transfer(transfer(id_of(51), 1, 2, 10)));
    const Bytes message = builder.message();
    return {message.begin(), message.end()};
}

}  // namespace

TEST_CASE("bytes that are no message are refused by name, and the server lives",
          "[sequencer][D13]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);
    Peer peer{server.endpoint()};
    const auto good = good_message(client->book());

    CHECK(peer.refusal_to(std::vector<std::byte>(10)) == code_of(Malformation::bad_bytes));
    CHECK(peer.refusal_to(std::vector<std::byte>(64)) == code_of(Malformation::bad_bytes));
    CHECK(peer.refusal_to(std::span{good}.first(good.size() - 1)) ==
          code_of(Malformation::bad_bytes));
    auto longer = good;
    longer.resize(good.size() + 8);
    CHECK(peer.refusal_to(longer) == code_of(Malformation::bad_bytes));
    auto other_version = good;
    other_version[4] = std::byte{9};
    CHECK(peer.refusal_to(other_version) == code_of(Malformation::unknown_version));
    auto other_kind = good;
    other_kind[6] = std::byte{50};
    CHECK(peer.refusal_to(other_kind) == code_of(Malformation::unknown_kind));
    CHECK(peer.refusal_to(good_message(id_of(1, 2))) == code_of(Malformation::other_book));

    CHECK(client->execute(transfer(id_of(52), 1, 2, 1))->seq == Seq{5});
}

TEST_CASE("a message over the size limit costs its sender the connection, not the server",
          "[sequencer][D12]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    Peer peer{server.endpoint()};
    peer.send(std::vector<std::byte>(schema::kMessageBytesMax + 1));
    CHECK(client->execute(DefineAsset{id_of(1), "USD", 2})->verdict == Verdict::accepted);
}

TEST_CASE("messages of several frames are dropped", "[sequencer][Z12]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    Peer peer{server.endpoint()};
    peer.send_frames(2);
    peer.send_frames(100);
    const auto good = good_message(client->book());
    peer.send(good);
    CHECK(schema::decode_receipts(peer.receive()).has_value());
}

TEST_CASE("random bytes behind a good header never stop the server", "[sequencer][D13]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);
    Peer peer{server.endpoint()};
    std::mt19937 random{7};
    const auto good = good_message(client->book());
    for (int round = 0; round < 2000; ++round) {
        auto message = good;
        for (int i = 0; i < 4; ++i)
            message[random() % message.size()] = std::byte(random());
        message[6] = std::byte(random() % 6);
        peer.send(message);
        peer.receive();
    }
    CHECK(client->execute(transfer(id_of(60), 1, 2, 1))->verdict == Verdict::accepted);
}

TEST_CASE("a peer that fills its share and leaves does not end the process",
          "[sequencer][Z18][I10]") {
    const TemporaryDirectory directory;
    const std::string endpoint = "ipc://" + (directory.path() / "commands").string();
    zmq::context_t context;
    auto ingress = sequencer::Ingress::open(context, endpoint);
    REQUIRE(ingress);
    {
        Peer peer{endpoint};
        for (int i = 0; i < 200; ++i)
            peer.send(std::vector<std::byte>(100'000));
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
    }
    // Nobody reads meanwhile, as when the sequencer is busy.
    std::this_thread::sleep_for(std::chrono::milliseconds{1500});
    std::size_t received = 0;
    while (ingress->receive())
        ++received;
    CHECK(received > 0);
}

TEST_CASE("an answer that nobody takes is dropped and counted, not lost without a word",
          "[sequencer][D7][I10]") {
    const TemporaryDirectory directory;
    const std::string endpoint = "ipc://" + (directory.path() / "commands").string();
    zmq::context_t context;
    auto ingress = sequencer::Ingress::open(context, endpoint);
    REQUIRE(ingress);
    const auto came = [&] {
        for (int i = 0; i < 500; ++i) {
            if (auto incoming = ingress->receive()) return incoming->peer;
            std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
        FAIL("nothing comes");
        return sequencer::PeerId{};
    };
    constexpr std::size_t kAnswers = 20'000;
    sequencer::PeerId stalled{};
    {
        Peer peer{endpoint};
        peer.send(std::vector<std::byte>(1));
        stalled = came();
        for (std::size_t i = 0; i < kAnswers; ++i)
            ingress->answer(stalled, zmq::message_t(10'000));
        CHECK(ingress->dropped_answers() > 0);
        CHECK(ingress->dropped_answers() < kAnswers);
    }
    // It has gone, and another one is served.
    Peer other{endpoint};
    other.send(std::vector<std::byte>(1));
    ingress->answer(came(), zmq::message_t(1));
    CHECK(other.receive().size() == 1);
    const auto before = ingress->dropped_answers();
    ingress->answer(stalled, zmq::message_t(1));
    CHECK(ingress->dropped_answers() == before + 1);
}
