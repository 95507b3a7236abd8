#include <array>
#include <vector>

#include "schema/record.h"
#include "sequencer/core.h"
#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;

namespace {

constexpr std::uint64_t kBatch = 500;

PlaceHold hold(std::uint64_t number, Stamp expires_at) {
    return {key_of_number(number),
            {AccountNumber{2}, {}},
            {AccountNumber{3}, {}},
            Amount{1},
            expires_at};
}

// Places `count` holds of 1; the later placed the earlier they expire. The last Seq.
Seq place(gateway::CommandClient& client, std::uint64_t count, std::int64_t last_expiry) {
    std::vector<Command> batch;
    Seq seq;
    for (std::uint64_t i = 0; i < count; ++i) {
        batch.emplace_back(hold(1000 + i, Stamp{last_expiry - static_cast<std::int64_t>(i)}));
        if (batch.size() < kBatch && i + 1 < count) continue;
        const auto receipts = client.execute(batch);
        REQUIRE(receipts);
        REQUIRE(receipts->back().verdict == Verdict::accepted);
        seq = receipts->back().seq;
        batch.clear();
    }
    return seq;
}

Seq head_of(gateway::CommandClient& client) {
    const std::array keys{id_of(0xff)};
    return client.outcomes(keys).value().front().seq;
}

}  // namespace

TEST_CASE("holds expire in a block of their own when nobody asks for anything",
          "[sequencer][holds][I12]") {
    const TemporaryDirectory directory;
    SetClock clock{Stamp{1000}};
    const RunningSequencer server{directory.path(), &clock};
    const auto client = server.connect();
    open_accounts(*client);
    REQUIRE(client->execute(transfer(id_of(9), 1, 2, 10)));
    const Seq placed = place(*client, 3, 5000);
    clock.set(Stamp{4999});
    const Seq expected = placed.plus(2);
    for (int i = 0; i < 500 && head_of(*client) < expected; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    CHECK(head_of(*client) == expected);
    // Two are back, one is still held.
    const auto taken = client->execute(transfer(id_of(8), 2, 3, 10));
    CHECK(taken->code == code_of(Rejection::insufficient_funds));
    CHECK(client->execute(transfer(id_of(7), 2, 3, 9))->verdict == Verdict::accepted);
}

TEST_CASE("after a long stop everything due expires in order before the first command",
          "[sequencer][holds][I12]") {
    constexpr std::uint64_t kHolds = 60'000;  // more than fit one block
    const TemporaryDirectory directory;
    SetClock clock{Stamp{1000}};
    Seq placed;
    {
        const RunningSequencer server{directory.path(), &clock};
        const auto client = server.connect();
        open_accounts(*client);
        REQUIRE(client->execute(transfer(id_of(9), 1, 2, kHolds)));
        placed = place(*client, kHolds, 1'000'000);
    }
    clock.set(Stamp{2'000'000});
    RunningSequencer server{directory.path(), &clock};
    const auto client = server.connect();
    const auto first = client->execute(transfer(id_of(8), 2, 3, kHolds));
    REQUIRE(first);
    CHECK(first->verdict == Verdict::accepted);  // all of it is available again
    CHECK(first->seq == placed.plus(kHolds + 1));
    server.stop();

    auto snapshot = journal::Snapshot::open(server.environment()).value();
    EntryId earlier{Seq{placed.value() + 1}, 0};
    std::size_t blocks = 0;
    for (auto block = snapshot.block_of(placed.next()).value(); block;
         block = snapshot.block_after(block->info()).value()) {
        ++blocks;
        CHECK(block->info().payload_bytes <= sequencer::kBlockBytesMax);
        for (Seq seq = block->info().first_seq; seq <= block->info().last_seq(); seq = seq.next()) {
            const auto record = schema::RecordView::parse(block->record(seq).value()).value();
            if (record.kind() != CommandKind::expire_hold) {
                CHECK(seq == first->seq);
                continue;
            }
            // Placed later, due earlier.
            const EntryId hold = std::get<ExpireHold>(record.command().value()).hold;
            if (!(hold < earlier)) FAIL("hold " << to_string(hold) << " expired too late");
            earlier = hold;
        }
    }
    CHECK(blocks >= 2);
}

TEST_CASE("a message whose records do not fit one block goes on in the next",
          "[sequencer][holds]") {
    const TemporaryDirectory directory;
    const RunningSequencer server{directory.path()};
    const auto client = server.connect();
    open_accounts(*client);
    // Reversing an entry of 255 postings takes a hundred bytes to say and forty thousand to record.
    PostEntry large{id_of(9), {}};
    for (int i = 0; i < 254; ++i)
        large.postings.push_back({{AccountNumber{1}, {}}, Side::debit, Amount{1}});
    large.postings.push_back({{AccountNumber{3}, {}}, Side::credit, Amount{254}});
    constexpr std::uint64_t kEntries = 600;
    std::vector<Command> posting;
    std::vector<Command> reversing;
    for (std::uint64_t i = 0; i < kEntries; ++i) {
        large.key = key_of_number(i + 1);
        const auto posted = client->execute(large);
        REQUIRE(posted);
        REQUIRE(posted->verdict == Verdict::accepted);
        reversing.emplace_back(ReverseEntry{key_of_number(kEntries + i + 1), {posted->seq, 0}});
    }
    const auto receipts = client->execute(reversing);
    REQUIRE(receipts);
    for (const auto& receipt : *receipts) {
        if (receipt.verdict != Verdict::accepted) FAIL(name_of_code(receipt.code));
    }
    auto snapshot = journal::Snapshot::open(server.environment()).value();
    const auto first = snapshot.block_of(receipts->front().seq).value()->info().number;
    CHECK(snapshot.block_of(receipts->back().seq).value()->info().number > first);
}
