#include <zmq.hpp>

#include "schema/message.h"
#include "schema/record.h"
#include "schema/run.h"
#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;
using std::chrono::seconds;

TEST_CASE("commands sent by several producers at once are all answered, each with its own Seq",
          "[sequencer][I3]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    open_accounts(*server.connect());
    constexpr std::uint64_t kProducers = 4;
    constexpr std::uint64_t kCommands = 500;
    std::vector<std::vector<std::uint64_t>> seqs(kProducers);
    {
        std::vector<std::jthread> producers;
        for (std::uint64_t p = 0; p < kProducers; ++p) {
            producers.emplace_back([&, p] {
                gateway::ClientOptions options;
                options.endpoint = server.endpoint();
                const auto client = gateway::CommandClient::connect(options);
                if (!client) return;
                for (std::uint64_t n = 1; n <= kCommands; ++n) {
                    const auto receipt = (*client)->execute(
                        transfer(key_of_number(p * kCommands + n), 1, 2 + p % 2, 1));
                    if (receipt) seqs[p].push_back(receipt->seq.value());
                }
            });
        }
    }
    std::vector<std::uint64_t> all;
    for (const auto& own : seqs) {
        CHECK(own.size() == kCommands);
        CHECK(std::ranges::is_sorted(own));
        all.insert(all.end(), own.begin(), own.end());
    }
    std::ranges::sort(all);
    REQUIRE(all.size() == kProducers * kCommands);
    CHECK(all.front() == 5);
    CHECK(all.back() == 4 + kProducers * kCommands);
    CHECK(std::ranges::adjacent_find(all) == all.end());
}

TEST_CASE("an answered command is in the journal", "[sequencer][I1]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);
    auto snapshot = journal::Snapshot::open(server.environment());
    REQUIRE(snapshot);
    for (std::uint64_t n = 1; n <= 50; ++n) {
        const auto receipt = client->execute(transfer(key_of_number(n), 1, 2, 1));
        REQUIRE(receipt);
        REQUIRE(snapshot->refresh());
        CHECK(snapshot->head_seq() >= receipt->seq);
    }
}

TEST_CASE("a clock that goes back never makes a block's stamp go back", "[sequencer][I3]") {
    const TemporaryDirectory directory;
    SetClock clock{Stamp{1'000'000}};
    Stamp first;
    {
        const RunningSequencer server{directory.path(), &clock};
        first = server.connect()->execute(DefineAsset{id_of(1), "USD", 2})->stamp;
    }
    clock.set(Stamp{5});
    const RunningSequencer server{directory.path(), &clock};
    const auto second = server.connect()->execute(DefineAsset{id_of(2), "EUR", 2});
    CHECK(first == Stamp{1'000'000});
    CHECK(second->stamp == first);
}

TEST_CASE("with too little free on the disk commands are refused and reads are answered",
          "[sequencer][I1]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path(), nullptr, ~std::uint64_t{0}};
    gateway::ClientOptions options;
    options.endpoint = server.endpoint();
    options.give_up_after = std::chrono::milliseconds{300};
    const auto client = gateway::CommandClient::connect(options);
    REQUIRE(client);
    const auto refused = (*client)->execute(DefineAsset{id_of(1), "USD", 2});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::try_again);
    CHECK(refused.error().detail.starts_with("disk_nearly_full"));
    const std::array keys{id_of(1)};
    const auto outcome = (*client)->outcomes(keys);
    REQUIRE(outcome);
    CHECK(outcome->front().verdict == Verdict::not_seen);
    CHECK(outcome->front().seq == Seq{});
}

TEST_CASE("the feed publishes every record in order", "[sequencer][feed]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    zmq::context_t context;
    zmq::socket_t subscriber{context, zmq::socket_type::sub};
    subscriber.set(zmq::sockopt::subscribe, "");
    subscriber.set(zmq::sockopt::rcvtimeo, 5000);
    subscriber.connect(server.feed_endpoint());
    const auto client = server.connect();
    open_accounts(*client);
    // A subscriber that joins late misses what was published before; from then on there is no gap.
    Seq expected;
    std::uint64_t n = 0;
    while (expected.value() < 60) {
        REQUIRE(client->execute(transfer(key_of_number(++n), 1, 2, 1)));
        zmq::message_t message;
        if (!subscriber.recv(message, zmq::recv_flags::dontwait)) continue;
        const Bytes bytes{message.data<std::byte>(), message.size()};
        const auto run = schema::decode_published(bytes);
        REQUIRE(run);
        CHECK(run->block.first_seq <= run->first);
        for (const auto& bytes_of_record : run->records) {
            const auto record = schema::RecordView::parse(bytes_of_record);
            REQUIRE(record);
            if (expected != Seq{}) REQUIRE(record->seq() == expected);
            expected = record->seq().next();
        }
    }
}

TEST_CASE("an endpoint that others can reach is refused", "[sequencer]") {
    const TemporaryDirectory directory;
    REQUIRE(journal::Environment::create(directory.path() / "journal", id_of(1), Stamp{1}));
    SystemClock clock;
    sequencer::Options options;
    options.listen = "tcp://0.0.0.0:0";
    const auto opened = sequencer::Sequencer::open(
        *journal::Environment::open(directory.path() / "journal", journal::Access::read_write),
        options, clock);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::configuration);
}
