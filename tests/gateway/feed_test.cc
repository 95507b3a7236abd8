// Subscriptions end to end: a sequencer that publishes, a query server, real sockets.
#include <optional>
#include <set>

#include "gateway/feed_socket.h"
#include "gateway/subscription.h"
#include "tests/gateway/served.h"
#include "tests/lighter.h"

using namespace daybook;
using namespace daybook::tests;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

std::unique_ptr<gateway::Subscription> subscribe(const RunningServer& server, Seq from,
                                                 const std::string& path = {}) {
    auto source = gateway::open_query_source({.endpoint = server.query_endpoint(),
                                              .resend_after = milliseconds{100},
                                              .give_up_after = milliseconds{500}});
    REQUIRE(source);
    auto feed = gateway::FeedSocket::open(server.sequencer().feed_endpoint());
    REQUIRE(feed);
    return std::make_unique<gateway::Subscription>(
        *std::move(source), *std::move(feed),
        gateway::SubscriptionOptions{
            .from = from, .account_path = path, .check_every = milliseconds{50}});
}

// Messages of `count` transfers each, with keys of their own.
class Load {
public:
    explicit Load(gateway::CommandClient& client) : client_{client} {}
    void send(std::size_t count) {
        std::vector<Transfer> transfers;
        for (std::size_t i = 0; i < count; ++i)
            transfers.push_back(transfer(key_of_number(++last_), 1, 2, 1));
        auto ticket = client_.submit(transfers);
        REQUIRE(ticket);
        while (!*ticket) {
            REQUIRE(client_.poll(seconds{10}));
            ticket = client_.submit(transfers);
            REQUIRE(ticket);
        }
    }
    void finish() {
        while (client_.in_flight() > 0)
            REQUIRE(client_.poll(seconds{10}));
    }

private:
    gateway::CommandClient& client_;
    std::uint64_t last_ = 0;
};

// Reads up to `last`; every record is the journal's.
void read_to(gateway::Subscription& subscription, Seq last, journal::Snapshot& snapshot) {
    const auto patience = std::chrono::steady_clock::now() + seconds{60};
    REQUIRE(snapshot.refresh());
    while (subscription.position() <= last) {
        REQUIRE(std::chrono::steady_clock::now() < patience);
        const Seq expected = subscription.position();
        const auto record = subscription.next(milliseconds{100});
        REQUIRE(record);
        if (!*record) continue;
        REQUIRE((*record)->seq == expected);
        const auto block = snapshot.block_of(expected);
        REQUIRE(block);
        REQUIRE((*block)->info().hash == (*record)->block.hash);
        REQUIRE(std::ranges::equal(*(*block)->record(expected), (*record)->bytes));
    }
}

}  // namespace

TEST_CASE("a subscriber that pauses and one that is replaced get what the journal holds",
          "[gateway][subscription][I15]") {
    const TemporaryDirectory directory;
    const RunningServer server{directory.path()};
    const auto client = server.sequencer().connect();
    open_accounts(*client);
    auto snapshot = journal::Snapshot::open(server.sequencer().environment());
    REQUIRE(snapshot);
    Load load{*client};
    auto subscription = subscribe(server, Seq{1});
    read_to(*subscription, Seq{4}, *snapshot);
    std::uint64_t head = 4;
    for (int round = 0; round < 3; ++round) {
        // It reads nothing meanwhile: far more than what the sockets hold for it.
        for (int i = 0; i < 40; ++i)
            load.send(lighter(4000));
        load.finish();
        head += lighter(160'000);
        read_to(*subscription, Seq{head - lighter(70'000)}, *snapshot);
        const Seq saved = subscription->position();
        subscription = subscribe(server, saved);
        read_to(*subscription, Seq{head}, *snapshot);
        // Reading along, it is served by the feed once it has caught up.
        for (std::uint64_t i = 0; i < lighter(200); ++i) {
            load.send(1);
            load.finish();
            ++head;
            read_to(*subscription, Seq{head}, *snapshot);
        }
    }
    CHECK(subscription->counts().live > 0);
    CHECK(subscription->counts().caught_up > 0);
}

TEST_CASE("a subscription goes on when the server has been away", "[gateway][subscription][I15]") {
    const TemporaryDirectory directory;
    std::optional<RunningServer> server{std::in_place, directory.path()};
    open_accounts(*server->sequencer().connect());
    const auto subscription = subscribe(*server, Seq{1});
    std::uint64_t expected = 0;
    const auto take = [&](std::uint64_t head) {
        for (int turn = 0; expected < head && turn < 2000; ++turn) {
            const auto record = subscription->next(milliseconds{10});
            REQUIRE(record);
            if (!*record) continue;
            ++expected;
            REQUIRE((*record)->seq == Seq{expected});
        }
        REQUIRE(expected == head);
    };
    take(4);
    std::uint64_t key = 0;
    for (int round = 0; round < 3; ++round) {
        server.reset();
        for (int turn = 0; subscription->trouble().empty() && turn < 1000; ++turn)
            REQUIRE(subscription->next(milliseconds{10}));
        CHECK_FALSE(subscription->trouble().empty());
        server.emplace(directory.path());
        const auto client = server->sequencer().connect();
        for (int i = 0; i < 10; ++i)
            REQUIRE(client->execute(transfer(key_of_number(++key), 1, 2, 1)));
        take(4 + key);
        CHECK(subscription->trouble().empty());
    }
}

TEST_CASE("a filter lets through what opens or touches an account under its path, and no more",
          "[gateway][subscription]") {
    const TemporaryDirectory directory;
    const RunningServer server{directory.path()};
    const auto client = server.sequencer().connect();
    open_accounts(*client);  // bank 1, alice 2, bob 3
    const auto run = [&](const Command& command) { REQUIRE(client->execute(command)); };
    const auto open = [](std::uint8_t key, const std::string& code) {
        return OpenAccount{id_of(key), code, "USD", AccountType::liability, {}};
    };
    run(open(20, "alice:wallet"));       // 5, number 4
    run(open(21, "alice2"));             // 6, number 5
    run(transfer(id_of(22), 1, 2, 10));  // 7: alice
    run(transfer(id_of(23), 1, 3, 10));  // 8: bob
    run(transfer(id_of(24), 1, 5, 10));  // 9: alice2
    run(transfer(id_of(25), 2, 3, 99));  // 10: rejected, alice has 10
    run(transfer(id_of(26), 1, 4, 10));  // 11: alice:wallet
    PostEntry entry;
    entry.postings = {{{{}, "bank"}, Side::debit, Amount{0, 1}},
                      {{{}, "alice:late"}, Side::credit, Amount{0, 1}}};
    const OpenAccount late{{}, "alice:late", "USD", AccountType::liability, {}};
    run(Atomic{.key = id_of(27), .members = {late, entry}, .require = {}});  // 12, number 6
    run(transfer(id_of(28), 6, 3, 1));                                       // 13: alice:late
    run(transfer(id_of(29), 1, 3, 1));                                       // 14: bob
    const auto read = [&](std::uint64_t from, const std::string& path) {
        const auto subscription = subscribe(server, Seq{from}, path);
        std::set<std::uint64_t> seqs;
        for (int turn = 0; subscription->position() <= Seq{14} && turn < 1000; ++turn) {
            const auto record = subscription->next(milliseconds{10});
            REQUIRE(record);
            if (*record) seqs.insert((*record)->seq.value());
        }
        return seqs;
    };
    CHECK(read(1, "alice") == std::set<std::uint64_t>{3, 5, 7, 11, 12, 13});
    CHECK(read(8, "alice") == std::set<std::uint64_t>{11, 12, 13});
    CHECK(read(1, "alice:late") == std::set<std::uint64_t>{12, 13});
    CHECK(read(1, "alice2") == std::set<std::uint64_t>{6, 9});
    CHECK(read(14, "alice").empty());
}

TEST_CASE("subscribers that never read do not hold the writer up", "[gateway][subscription][I10]") {
    const TemporaryDirectory directory;
    const RunningServer server{directory.path()};
    const auto client = server.sequencer().connect();
    open_accounts(*client);
    std::vector<std::unique_ptr<gateway::FeedSocket>> silent;
    for (int i = 0; i < 32; ++i) {
        auto feed = gateway::FeedSocket::open(server.sequencer().feed_endpoint());
        REQUIRE(feed);
        silent.push_back(*std::move(feed));
    }
    Load load{*client};
    const auto reading = subscribe(server, Seq{1});
    for (int i = 0; i < 40; ++i)
        load.send(lighter(8000));
    load.finish();
    const Seq last{lighter(320'000) + 5};
    CHECK(client->execute(transfer(id_of(0x55), 1, 2, 1))->seq == last);
    auto snapshot = journal::Snapshot::open(server.sequencer().environment());
    REQUIRE(snapshot);
    read_to(*reading, last, *snapshot);
}
