#include "gateway/command_client.h"

#include <optional>

#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

gateway::ClientOptions options_for(const std::string& endpoint) {
    gateway::ClientOptions options;
    options.endpoint = endpoint;
    options.resend_after = milliseconds{100};
    options.give_up_after = seconds{10};
    return options;
}

std::vector<Transfer> batch(std::uint64_t first, std::size_t count) {
    std::vector<Transfer> transfers;
    for (std::size_t i = 0; i < count; ++i) {
        transfers.push_back(transfer(key_of_number(first + i), 1, 2, 1));
    }
    return transfers;
}

}  // namespace

TEST_CASE("without a server the client says so in time", "[gateway][client]") {
    const TemporaryDirectory directory;
    auto options = options_for("ipc://" + (directory.path() / "nobody").string());
    options.give_up_after = milliseconds{200};
    const auto client = gateway::CommandClient::connect(options);
    REQUIRE_FALSE(client);
    CHECK(client.error().code == ErrorCode::unreachable);
}

TEST_CASE("an endpoint that is none is a configuration error", "[gateway][client]") {
    const auto client = gateway::CommandClient::connect(options_for("nonsense"));
    REQUIRE_FALSE(client);
    CHECK(client.error().code == ErrorCode::configuration);
}

TEST_CASE("a message of the largest size is answered with a receipt for each command",
          "[gateway][client]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);
    REQUIRE(client->submit(batch(1, schema::kCommandsMax)));
    const auto completed = client->poll(seconds{20});
    REQUIRE(completed);
    REQUIRE(completed->receipts);
    CHECK(completed->receipts->size() == schema::kCommandsMax);
    CHECK(completed->receipts->back().seq == Seq{4 + schema::kCommandsMax});
    CHECK_FALSE(client->submit(batch(1, schema::kCommandsMax + 1)));
    CHECK_FALSE(client->submit(std::vector<Transfer>{}));
}

TEST_CASE("past the window nothing is sent until an answer has come", "[gateway][client][I10]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    open_accounts(*server.connect());
    auto options = options_for(server.endpoint());
    options.messages_max = 2;
    const auto client = gateway::CommandClient::connect(options);
    REQUIRE(client);
    std::uint64_t key = 1;
    std::size_t in_window = 0;
    while (in_window < 10) {
        const auto ticket = (*client)->submit(batch(key, 1));
        REQUIRE(ticket);
        if (!*ticket) break;
        ++key;
        ++in_window;
    }
    CHECK(in_window == 2);
    REQUIRE((*client)->poll(seconds{5}));
    CHECK((*client)->submit(batch(key, 1))->has_value());
    while ((*client)->in_flight() > 0)
        REQUIRE((*client)->poll(seconds{5}));
}

TEST_CASE("what is in flight when the server restarts is sent again and has one effect",
          "[gateway][client][I1][I2]") {
    const TemporaryDirectory directory;
    std::optional<RunningSequencer> server{std::in_place, directory.path()};
    open_accounts(*server->connect());
    const auto client = gateway::CommandClient::connect(options_for(server->endpoint()));
    REQUIRE(client);
    std::size_t answered = 0;
    std::uint64_t key = 1;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 20; ++i, key += 10)
            REQUIRE((*client)->submit(batch(key, 10)));
        server.reset();
        server.emplace(directory.path());
        while ((*client)->in_flight() > 0) {
            const auto completed = (*client)->poll(seconds{10});
            REQUIRE(completed);
            REQUIRE(completed->receipts);
            for (const auto& receipt : *completed->receipts) {
                answered += receipt.verdict == Verdict::accepted ? 1 : 0;
            }
        }
    }
    CHECK(answered == 600);
    const auto last = (*client)->execute(transfer(id_of(0x55), 1, 2, 1));
    REQUIRE(last);
    CHECK(last->seq == Seq{4 + 600 + 1});
}

TEST_CASE("resolve tells numbers, assets and scales, and which codes are unknown",
          "[gateway][client]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);
    const std::vector<std::string> codes{"bob", "nobody", "bank"};
    const auto accounts = client->resolve(codes);
    REQUIRE(accounts);
    CHECK((*accounts)[0].number == AccountNumber{3});
    CHECK((*accounts)[0].asset_code == "USD");
    CHECK((*accounts)[0].scale == 2);
    CHECK((*accounts)[0].type == AccountType::liability);
    CHECK((*accounts)[1].number.is_none());
    CHECK((*accounts)[2].type == AccountType::asset);
}
