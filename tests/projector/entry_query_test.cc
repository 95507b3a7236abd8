// One record and what hangs together with it, asked of a query server.
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "gateway/entry_reader.h"
#include "tests/projector/answering.h"
#include "tests/projector/told.h"

namespace daybook::projector {

using namespace std::chrono_literals;
using test::Answering;
using test::Ledger;
using test::must;
using test::Place;
using test::RandomLedger;

namespace {

// The same from the files.
class Here final : public schema::EntrySource {
public:
    Here(const View& view, journal::Snapshot& journal) : view_{view}, journal_{journal} {}
    Result<std::vector<std::byte>> record(Seq seq) override {
        const auto bytes = must(must(journal_.block_of(seq))->record(seq));
        return std::vector<std::byte>{bytes.begin(), bytes.end()};
    }
    Result<std::vector<EntryId>> reversals_of(EntryId entry) override {
        return view_.reversals_of(entry);
    }

private:
    const View& view_;
    journal::Snapshot& journal_;
};

void check_same(const schema::EntryView& asked, const schema::EntryView& here) {
    CHECK(asked.bytes == here.bytes);
    CHECK(asked.recorded_at == here.recorded_at);
    CHECK(asked.whole == here.whole);
    CHECK(asked.as_of == here.as_of);
    REQUIRE(asked.parts.size() == here.parts.size());
    for (std::size_t i = 0; i < here.parts.size(); ++i) {
        const auto& part = asked.parts[i];
        CHECK(part.id == here.parts[i].id);
        CHECK(part.command == here.parts[i].command);
        CHECK(part.postings == here.parts[i].postings);
        CHECK(part.reverses == here.parts[i].reverses);
        CHECK(part.reversed_by == here.parts[i].reversed_by);
    }
}

}  // namespace

TEST_CASE("every record asked for is what the files say of it, with its links",
          "[projector][query][entry]") {
    const Place place;
    RandomLedger random{place, 17};
    random.run(800);
    test::OpenPast open{place, random.ledger()};
    const Answering answering{place, random.ledger()};
    const auto client = answering.connect();
    Here here{open.view, open.journal};
    std::size_t reversals = 0;
    std::size_t holds = 0;
    const Seq head = open.view.watermark().seq;
    for (Seq seq{1}; seq <= head; seq = seq.next()) {
        const EntryId id{seq, 0};
        const auto asked = must(gateway::read_entry(*client, id));
        const Stamp stamp = must(open.journal.block_of(seq))->info().stamp;
        check_same(asked.view,
                   must(schema::view_entry(must(here.record(seq)), stamp, id, head, here)));
        for (const auto& part : asked.view.parts)
            reversals += part.reversed_by.size();
        for (const auto& hold : asked.open_holds) {
            CHECK(hold.remaining == must(open.view.hold(hold.id))->remaining);
            CHECK(hold.id.seq() == seq);
            ++holds;
        }
        for (std::size_t i = 0; i < asked.view.record.touch_count(); ++i) {
            const auto number = asked.view.record.touch(i).account;
            const auto named = std::ranges::count_if(asked.accounts, [&](const auto& line) {
                return line.balance.number == number &&
                       line.balance.totals == must(open.view.balance(number))->totals;
            });
            REQUIRE(named == 1);
        }
    }
    CHECK(reversals > 0);
    std::size_t open_now = 0;
    must(open.view.for_each_hold([&](const OpenHold&) {
        ++open_now;
        return true;
    }));
    CHECK(holds == open_now);
}

TEST_CASE("a record that is not there, or a member, is not found; one not applied is waited for",
          "[projector][query][entry]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const auto projector = test::open_projector(place, ledger);
    must(projector->catch_up());
    const Answering answering{place, ledger};
    const auto client = answering.connect();
    CHECK(must(client->entry(Seq{8})).run.empty());
    const auto missing = test::error_of(gateway::read_entry(*client, {Seq{8}, 0}));
    CHECK(missing.code == ErrorCode::not_found);
    CHECK(missing.detail.find("the journal reaches to 7") != std::string::npos);
    CHECK(test::error_of(gateway::read_entry(*client, {Seq{7}, 1})).code == ErrorCode::not_found);
    CHECK(test::error_of(client->entry(Seq{})).code == ErrorCode::usage);

    ledger.transfer(1, 4, 2);
    ledger.commit();
    std::this_thread::sleep_for(2ms);  // a cut may be as old as a millisecond
    CHECK(test::error_of(client->entry(Seq{8}, {{}, 20ms})).code == ErrorCode::try_again);
    must(projector->catch_up());
    const auto entry = must(gateway::read_entry(*client, {Seq{8}, 0}, {{}, 5s}));
    REQUIRE(entry.view.parts.size() == 1);
    REQUIRE(entry.view.parts[0].postings.size() == 2);
    CHECK(entry.view.parts[0].postings[1].amount == Amount{0, 2});
    REQUIRE(entry.accounts.size() == 2);
    CHECK(entry.accounts[0].code == "bank:cash");
    CHECK(entry.accounts[1].code == "users:3");
}

TEST_CASE("a record tells which of the holds it placed are open, and what remains of them",
          "[projector][query][entry]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const PlaceHold hold{
        {{0xaa, 1}}, {AccountNumber{4}, {}}, {AccountNumber{1}, {}}, Amount{0, 9}, {}};
    const Seq placed = ledger.submit(hold);
    ledger.submit(CaptureHold{{{0xaa, 2}}, {placed, 0}, Amount{0, 4}});
    ledger.commit();
    const auto projector = test::open_projector(place, ledger);
    must(projector->catch_up());
    const Answering answering{place, ledger};
    const auto client = answering.connect();
    const auto entry = must(client->entry(placed));
    REQUIRE(entry.open_holds.size() == 1);
    CHECK(entry.open_holds[0] ==
          schema::HoldNow{
              {placed, 0}, AccountNumber{4}, AccountNumber{1}, Amount{0, 5}, Amount{0, 4}, {}});
    CHECK(must(client->entry(placed.next())).open_holds.empty());
    ledger.submit(ReleaseHold{{{0xaa, 3}}, {placed, 0}});
    ledger.commit();
    must(projector->catch_up());
    CHECK(must(client->entry(placed, {placed.plus(2), 5s})).open_holds.empty());
}

TEST_CASE("a unique reference leads to the first command or member that had it",
          "[projector][query][references]") {
    const Place place;
    RandomLedger random{place, 23};
    test::project(place, random.ledger());
    random.run(500);
    test::project(place, random.ledger());  // in two steps
    random.run(500);
    test::OpenPast open{place, random.ledger()};
    std::map<std::string, EntryId> first;
    for (Seq seq{1}; seq <= open.view.watermark().seq; seq = seq.next()) {
        const auto record =
            must(schema::RecordView::parse(must(must(open.journal.block_of(seq))->record(seq))));
        if (record.verdict() != Verdict::accepted) continue;
        const auto note = [&](const auto& stated, std::uint16_t member) {
            if constexpr (requires { stated.particulars; }) {
                if (!stated.particulars.is_reference_unique) return;
                first.emplace(stated.particulars.reference, EntryId{seq, member});
            }
        };
        const auto command = must(record.command());
        if (const auto* atomic = std::get_if<Atomic>(&command)) {
            for (std::uint16_t i = 0; i < atomic->members.size(); ++i)
                std::visit([&](const auto& stated) { note(stated, i); }, atomic->members[i]);
        } else {
            std::visit([&](const auto& stated) { note(stated, 0); }, command);
        }
    }
    REQUIRE(first.size() > 3);
    CHECK(must(open.view.sizes()).references == first.size());
    const Answering answering{place, random.ledger()};
    const auto client = answering.connect();
    for (const auto& [reference, id] : first)
        CHECK(must(client->find_reference(reference)).id == id);
    CHECK(must(client->find_reference("ref-nobody")).id == EntryId{});
    CHECK(must(client->find_reference(std::string(128, 'r'))).id == EntryId{});
    CHECK(test::error_of(client->find_reference("")).code == ErrorCode::bad_input);
    CHECK(test::error_of(client->find_reference(std::string(129, 'r'))).code ==
          ErrorCode::bad_input);
}

TEST_CASE("a reference that is not unique, or was rejected, leads nowhere",
          "[projector][references]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const auto post = [&](std::uint8_t key, std::uint64_t amount, Particulars said) {
        return ledger.submit(PostEntry{{{0xee, key}},
                                       {{{AccountNumber{2}, {}}, Side::debit, Amount{0, amount}},
                                        {{AccountNumber{4}, {}}, Side::credit, Amount{0, amount}}},
                                       std::move(said)});
    };
    Particulars said;
    said.reference = "order-1";
    ledger.transfer(1, 2, 10);
    post(1, 1, said);
    said.is_reference_unique = true;
    said.reference = "order-2";
    post(2, 100, said);  // there is not so much
    const Seq posted = post(3, 2, said);
    ledger.commit();
    const View view = test::project(place, ledger);
    CHECK_FALSE(must(view.find_reference("order-1")));
    CHECK(must(view.find_reference("order-2")) == EntryId{posted, 0});
    CHECK_FALSE(must(view.find_reference("")));
}

}  // namespace daybook::projector
