// What is to be watched of a book: how its records ended, how much there is, its newest blocks.
#include <chrono>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "projector/store.h"
#include "tests/projector/answering.h"
#include "tests/projector/told.h"

namespace daybook::projector {

using namespace std::chrono_literals;
using test::Answering;
using test::Ledger;
using test::must;
using test::Place;
using test::RandomLedger;

TEST_CASE("outcomes are counted by rejection since the book began, over restarts and rebuilds",
          "[projector][facts]") {
    const Place place;
    RandomLedger random{place, 3};
    for (int step = 0; step < 3; ++step) {
        random.run(300);
        test::project(place, random.ledger());  // each with a new projector
    }
    const bool is_rebuilt = GENERATE(false, true);
    if (is_rebuilt) must(Store::remove(place.projection()));
    test::OpenPast open{place, random.ledger()};
    std::vector<std::uint64_t> wanted(code_of(kRejectionLast) + 1U);
    const Seq head = open.view.watermark().seq;
    for (Seq seq{1}; seq <= head; seq = seq.next()) {
        const auto record =
            must(schema::RecordView::parse(must(must(open.journal.block_of(seq))->record(seq))));
        ++wanted[code_of(record.rejection())];
    }
    CHECK(must(open.view.outcomes()) == wanted);
    const Answering answering{place, random.ledger()};
    const auto facts = must(answering.connect()->facts());
    CHECK(facts.outcomes == wanted);
    CHECK(facts.accepted() + facts.rejected() == head.value());
    CHECK(facts.accepted() > 0);
    CHECK(facts.rejected() > 0);
}

TEST_CASE("the facts tell the newest blocks of the journal and how much the book holds",
          "[projector][facts]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const auto projector = test::open_projector(place, ledger);
    must(projector->catch_up());
    const Answering answering{place, ledger};
    const auto client = answering.connect();
    for (int block = 0; block < 120; ++block) {
        ledger.pass(1ms);
        for (int i = 0; i <= block % 3; ++i)
            ledger.transfer(1, 4, 1);
        ledger.commit();
    }
    const Seq watermark{7};
    std::this_thread::sleep_for(2ms);  // a cut may be as old as a millisecond
    const auto facts = must(client->facts());
    CHECK(facts.standing.watermark == watermark);
    CHECK(facts.standing.head == ledger.head().last_seq());
    CHECK(facts.sizes == schema::BookSizes{2, 5, 0, 0, 0});
    REQUIRE(facts.blocks.size() == schema::kRecentBlocksMax);
    const auto& newest = facts.blocks.front();
    CHECK(newest.number == ledger.head().number);
    CHECK(newest.stamp == ledger.head().stamp);
    CHECK(newest.payload_bytes == ledger.head().payload_bytes);
    CHECK(newest.record_count == 3);
    for (std::size_t i = 1; i < facts.blocks.size(); ++i) {
        const auto& block = facts.blocks[i];
        CHECK(block.number + 1 == facts.blocks[i - 1].number);
        CHECK(block.first_seq.plus(block.record_count) == facts.blocks[i - 1].first_seq);
        CHECK(block.stamp < facts.blocks[i - 1].stamp);
    }
}

TEST_CASE("an empty book has no blocks and no outcomes", "[projector][facts]") {
    const Place place;
    const Ledger ledger{place.journal()};
    test::project(place, ledger);
    const Answering answering{place, ledger};
    const auto facts = must(answering.connect()->facts());
    CHECK(facts.blocks.empty());
    CHECK(facts.outcomes.empty());
    CHECK(facts.accepted() + facts.rejected() == 0);
    CHECK(facts.sizes == schema::BookSizes{});
}

}  // namespace daybook::projector
