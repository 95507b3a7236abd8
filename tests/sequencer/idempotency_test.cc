#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;

namespace {

schema::Receipt send(gateway::CommandClient& client, const Command& command) {
    const auto receipt = client.execute(command);
    REQUIRE(receipt);
    return *receipt;
}

// Everything but the replay flag.
void check_same(const schema::Receipt& first, const schema::Receipt& again) {
    CHECK(again.verdict == first.verdict);
    CHECK(again.code == first.code);
    CHECK(again.seq == first.seq);
    CHECK(again.stamp == first.stamp);
    CHECK(again.subject == first.subject);
    CHECK(again.remarks == first.remarks);
    CHECK(again.touches == first.touches);
}

}  // namespace

TEST_CASE("a repeated command gets the first receipt and writes nothing", "[sequencer][I2]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect(true);
    open_accounts(*client);

    const auto first = send(*client, transfer(id_of(9), 1, 2, 100));
    REQUIRE(first.verdict == Verdict::accepted);
    REQUIRE(first.touches.size() == 2);
    CHECK_FALSE(first.is_replay);
    const auto again = send(*client, transfer(id_of(9), 1, 2, 100));
    CHECK(again.is_replay);
    check_same(first, again);

    const auto next = send(*client, transfer(id_of(10), 1, 2, 100));
    CHECK(next.seq == first.seq.next());
}

TEST_CASE("a rejection is bound to its key like a success", "[sequencer][I2]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);

    const auto first = send(*client, transfer(id_of(9), 2, 3, 5));
    CHECK(first.code == code_of(Rejection::insufficient_funds));
    REQUIRE(first.remarks.size() == 1);
    CHECK(first.remarks[0].x == SignedAmount{});
    send(*client, transfer(id_of(10), 1, 2, 100));
    const auto again = send(*client, transfer(id_of(9), 2, 3, 5));
    CHECK(again.is_replay);
    check_same(first, again);
}

TEST_CASE("a key reused for another command is refused and changes nothing", "[sequencer][I2]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);

    const auto first = send(*client, transfer(id_of(9), 1, 2, 100));
    const auto other = send(*client, transfer(id_of(9), 1, 2, 101));
    CHECK(other.verdict == Verdict::refused);
    CHECK(other.code == code_of(Refusal::idempotency_key_reused));
    CHECK(other.seq == Seq{});
    const auto table = send(*client, DefineAsset{id_of(9), "EUR", 2});
    CHECK(table.code == code_of(Refusal::idempotency_key_reused));
    CHECK(send(*client, transfer(id_of(10), 1, 2, 1)).seq == first.seq.next());
}

TEST_CASE("a repeat inside one message gets the first one's receipt", "[sequencer][I2]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);

    const std::array twice{transfer(id_of(9), 1, 2, 100), transfer(id_of(9), 1, 2, 100),
                           transfer(id_of(9), 1, 2, 200)};
    REQUIRE(client->submit(twice));
    const auto completed = client->poll(std::chrono::seconds{5});
    REQUIRE(completed);
    REQUIRE(completed->receipts);
    const auto& receipts = *completed->receipts;
    REQUIRE(receipts.size() == 3);
    CHECK(receipts[0].verdict == Verdict::accepted);
    CHECK(receipts[1].is_replay);
    check_same(receipts[0], receipts[1]);
    CHECK(receipts[2].code == code_of(Refusal::idempotency_key_reused));
}

TEST_CASE("keys are remembered across a restart", "[sequencer][I2][I7]") {
    const TemporaryDirectory directory;
    schema::Receipt first;
    schema::Receipt rejected;
    {
        const RunningSequencer server{directory.path()};
        const auto client = server.connect(true);
        open_accounts(*client);
        first = send(*client, transfer(id_of(9), 1, 2, 100));
        rejected = send(*client, transfer(id_of(10), 2, 3, 101));
    }
    const RunningSequencer server{directory.path()};
    const auto client = server.connect(true);
    check_same(first, send(*client, transfer(id_of(9), 1, 2, 100)));
    check_same(rejected, send(*client, transfer(id_of(10), 2, 3, 101)));
    CHECK(send(*client, transfer(id_of(9), 1, 2, 7)).verdict == Verdict::refused);
    CHECK(send(*client, transfer(id_of(11), 2, 3, 100)).verdict == Verdict::accepted);
}

TEST_CASE("the outcome of a key is its receipt, or a proof that it was not seen",
          "[sequencer][I2]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);
    const auto first = send(*client, transfer(id_of(9), 1, 2, 100));

    const std::array keys{id_of(9), id_of(99)};
    const auto outcomes = client->outcomes(keys);
    REQUIRE(outcomes);
    check_same(first, (*outcomes)[0]);
    CHECK_FALSE((*outcomes)[0].is_replay);
    CHECK((*outcomes)[1].verdict == Verdict::not_seen);
    CHECK((*outcomes)[1].seq == first.seq);
}

TEST_CASE("voiding an unseen key keeps its command from ever acting", "[sequencer][I2]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);

    const auto voided = client->give_up(id_of(9));
    REQUIRE(voided);
    CHECK(voided->code == code_of(Rejection::voided));
    const auto late = send(*client, transfer(id_of(9), 1, 2, 100));
    CHECK(late.is_replay);
    CHECK(late.code == code_of(Rejection::voided));
    CHECK(late.seq == voided->seq);
}

TEST_CASE("voiding a key that acted returns what it did", "[sequencer][I2]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);

    const auto first = send(*client, transfer(id_of(9), 1, 2, 100));
    const auto voided = client->give_up(id_of(9));
    REQUIRE(voided);
    CHECK(voided->is_replay);
    check_same(first, *voided);
}
