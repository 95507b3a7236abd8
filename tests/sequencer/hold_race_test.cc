// Eight producers fight over the same holds while their time runs out.
#include <algorithm>
#include <array>
#include <latch>
#include <map>
#include <optional>
#include <random>
#include <thread>

#include "schema/record.h"
#include "tests/sequencer/support.h"

using namespace daybook;
using namespace daybook::tests;

namespace {

constexpr std::uint64_t kHolds = 10'000;
constexpr std::uint64_t kHeld = 7;
constexpr std::uint64_t kProducers = 8;
constexpr std::int64_t kExpiry = 1'000'000'000;

Id128 key_of(std::uint64_t producer, std::uint64_t number) {
    return key_of_number((producer + 1) * 1'000'000 + number);
}

// Receipts of all commands, in messages of some hundreds.
std::vector<schema::Receipt> send(gateway::CommandClient& client,
                                  const std::vector<Command>& commands) {
    constexpr std::size_t kBatch = 400;
    std::vector<schema::Receipt> receipts;
    for (std::size_t i = 0; i < commands.size(); i += kBatch) {
        const auto batch =
            std::span{commands}.subspan(i).first(std::min(kBatch, commands.size() - i));
        const auto answered = client.execute(batch);
        if (!answered) return receipts;
        receipts.insert(receipts.end(), answered->begin(), answered->end());
    }
    return receipts;
}

// Places the holds; odd ones expire. Returns their ids.
std::vector<EntryId> place_holds(gateway::CommandClient& client) {
    std::vector<Command> placing;
    for (std::uint64_t i = 0; i < kHolds; ++i) {
        placing.emplace_back(
            PlaceHold{key_of(20, i),
                      {{}, "alice"},
                      {{}, "bob"},
                      Amount{kHeld},
                      i % 2 == 1 ? Stamp{kExpiry + static_cast<std::int64_t>(i)} : Stamp{}});
    }
    std::vector<EntryId> ids;
    for (const auto& receipt : send(client, placing)) {
        REQUIRE(receipt.verdict == Verdict::accepted);
        ids.emplace_back(receipt.seq, 0);
    }
    return ids;
}

// A key nobody uses is not seen up to the head.
Seq head_of(gateway::CommandClient& client) {
    const std::array keys{id_of(0xff)};
    return client.outcomes(keys).value().front().seq;
}

// Even producers capture, odd ones release: all holds, each in an order of its own.
std::vector<Command> attack(std::uint64_t producer, std::vector<EntryId> holds) {
    std::ranges::shuffle(holds, std::mt19937_64{producer});
    std::vector<Command> commands;
    for (std::uint64_t i = 0; i < holds.size(); ++i) {
        if (producer % 2 == 0) {
            commands.emplace_back(CaptureHold{key_of(producer, i), holds[i]});
        } else {
            commands.emplace_back(ReleaseHold{key_of(producer, i), holds[i]});
        }
    }
    return commands;
}

struct Endings {
    std::uint64_t captured = 0;
    std::uint64_t released = 0;
    std::uint64_t expired = 0;
    std::map<std::uint64_t, unsigned> of_hold;
};

// What the journal says of how each hold ended.
Endings read_endings(const std::shared_ptr<journal::Environment>& environment) {
    Endings endings;
    auto snapshot = journal::Snapshot::open(environment).value();
    auto block = snapshot.block_of(Seq{1}).value();
    for (; block; block = snapshot.block_after(block->info()).value()) {
        for (Seq seq = block->info().first_seq; seq <= block->info().last_seq(); seq = seq.next()) {
            const auto record = schema::RecordView::parse(block->record(seq).value()).value();
            if (record.verdict() != Verdict::accepted) continue;
            for (const auto& remark : record.remarks()) {
                if (remark.kind != RemarkKind::hold) continue;
                if (remark.hold_state() == HoldState::open) continue;
                ++endings.of_hold[remark.subject];
                endings.captured += remark.hold_state() == HoldState::captured ? 1U : 0U;
                endings.released += remark.hold_state() == HoldState::released ? 1U : 0U;
                endings.expired += remark.hold_state() == HoldState::expired ? 1U : 0U;
            }
        }
    }
    return endings;
}

}  // namespace

TEST_CASE("eight producers racing for the same holds end each exactly once",
          "[sequencer][holds][I11]") {
    const TemporaryDirectory directory;
    SetClock clock{Stamp{1000}};
    std::optional<RunningSequencer> server{std::in_place, directory.path(), &clock};
    const auto client = server->connect();
    open_accounts(*client);
    REQUIRE(client->execute(transfer(id_of(9), 1, 2, kHolds * kHeld))->verdict ==
            Verdict::accepted);
    const auto holds = place_holds(*client);
    REQUIRE(holds.size() == kHolds);

    std::array<std::vector<schema::Receipt>, kProducers> answers;
    std::latch start{kProducers};
    std::vector<std::thread> producers;
    for (std::uint64_t p = 0; p < kProducers; ++p) {
        producers.emplace_back([&, p, producer = server->connect()] {
            const auto commands = attack(p, holds);
            start.arrive_and_wait();
            answers.at(p) = send(*producer, commands);
        });
    }
    // In the middle of it, time is over.
    const Seq middle = holds.back().seq().plus(kHolds / 4);
    while (head_of(*client) < middle)
        std::this_thread::yield();
    clock.set(Stamp{kExpiry + static_cast<std::int64_t>(kHolds)});
    for (auto& producer : producers)
        producer.join();

    std::uint64_t accepted = 0;
    for (const auto& receipts : answers) {
        REQUIRE(receipts.size() == kHolds);
        accepted += static_cast<std::uint64_t>(
            std::ranges::count(receipts, Verdict::accepted, &schema::Receipt::verdict));
    }
    server->stop();

    const Endings endings = read_endings(server->environment());
    CAPTURE(endings.captured, endings.released, endings.expired);
    CHECK(endings.of_hold.size() == kHolds);
    CHECK(endings.captured + endings.released + endings.expired == kHolds);
    CHECK(accepted == endings.captured + endings.released);
    CHECK(endings.captured > 0);
    CHECK(endings.released > 0);
    CHECK(endings.expired > 0);

    // What was captured left alice and reached bob; nothing is held and nothing was made.
    const auto ended =
        std::ranges::max_element(endings.of_hold, {}, [](const auto& of) { return of.second; });
    CHECK(ended->second == 1);
    server.reset();
    const RunningSequencer again{directory.path(), &clock};
    const auto reader = again.connect(true);
    const auto touched = reader->execute(transfer(id_of(8), 2, 3, 1));
    REQUIRE(touched);
    REQUIRE(touched->verdict == Verdict::accepted);
    const Amount moved{endings.captured * kHeld + 1};
    CHECK(touched->touches[0].after == Totals{moved, Amount{kHolds * kHeld}, {}, {}});
    CHECK(touched->touches[1].after == Totals{{}, moved, {}, {}});
}
