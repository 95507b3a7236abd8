// Accounts as they stood, asked of a query server.
#include <chrono>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/projector/answering.h"
#include "tests/projector/support.h"

namespace daybook::projector {

using namespace std::chrono_literals;
using test::Answering;
using test::Ledger;
using test::must;
using test::Place;

namespace {

// A server on a book that can go on.
class Served {
public:
    Served() {
        test::open_some_accounts(ledger);
        catch_up();
        answering.emplace(place, ledger);
    }
    Seq catch_up() {
        must(projector->catch_up());
        return projector->watermark();
    }

    Place place;
    Ledger ledger{place.journal()};
    std::unique_ptr<Projector> projector = test::open_projector(place, ledger);
    std::optional<Answering> answering;
};

std::vector<std::string> codes_of(const schema::ListedAccounts& page) {
    std::vector<std::string> codes;
    for (const auto& line : page.lines)
        codes.push_back(line.code);
    return codes;
}

}  // namespace

TEST_CASE("a list of accounts has all there is to say of each", "[projector][query][accounts]") {
    Served served;
    served.ledger.transfer(1, 3, 40);
    served.ledger.submit(SetAccountState{{{0xc1}}, {AccountNumber{3}, {}}, AccountState::frozen});
    served.ledger.commit();
    served.catch_up();
    const auto client = served.answering->connect();
    const auto page = must(client->list_accounts({.path = "users"}, {Seq{9}, 5s}));
    CHECK(page.as_of == Seq{9});
    CHECK(page.standing.watermark == Seq{9});
    CHECK(page.next.empty());
    CHECK(codes_of(page) == std::vector<std::string>{"users:1", "users:2", "users:3"});
    const auto& line = page.lines[1];
    CHECK(line.balance.number == AccountNumber{3});
    CHECK(line.balance.asset_code == "USD");
    CHECK(line.balance.scale == 2);
    CHECK(line.balance.type == AccountType::liability);
    CHECK(line.balance.state == AccountState::frozen);
    CHECK(line.balance.totals.posted_credits == Amount{0, 40});
    CHECK(line.balance.version == 2);
    CHECK(line.balance.opened == Seq{5});
    CHECK(line.limits == Limits{SignedAmount{-50}, SignedAmount{1000}});
    CHECK(codes_of(must(client->list_accounts({.asset = "EUR"}))) ==
          std::vector<std::string>{"bank:euros"});
    CHECK(must(client->list_accounts({.asset = "GBP"})).lines.empty());
    CHECK(codes_of(must(client->list_accounts({.state = AccountState::frozen}))) ==
          std::vector<std::string>{"users:2"});
    CHECK(must(client->list_accounts({.type = AccountType::asset})).lines.empty());
    CHECK(test::error_of(client->list_accounts({.lines_max = 0})).code == ErrorCode::usage);
}

TEST_CASE("pages asked for with the first one's Seq show one book, however far it moves",
          "[projector][query][accounts]") {
    Served served;
    const auto client = served.answering->connect();
    gateway::ListedRange range{.lines_max = 1};
    std::vector<schema::AccountDetails> lines;
    std::uint64_t moves = 0;
    do {
        const auto page = must(client->list_accounts(range));
        CHECK(page.as_of == Seq{7});
        range.as_of = page.as_of;
        range.after = page.next;
        lines.insert(lines.end(), page.lines.begin(), page.lines.end());
        // Between the pages money moves, states change and accounts are opened.
        ++moves;
        served.ledger.transfer(4, 1, moves);
        served.ledger.submit(
            SetAccountState{{{0xc1, static_cast<std::uint8_t>(moves)}},
                            {AccountNumber{3}, {}},
                            moves % 2 == 1 ? AccountState::frozen_debits : AccountState::open});
        served.ledger.open("later:" + std::to_string(moves));
        served.ledger.open("zz:" + std::to_string(moves));
        served.ledger.commit();
        served.catch_up();
    } while (!range.after.empty());
    REQUIRE(lines.size() == 5);
    CHECK(moves >= 5);
    for (const auto& line : lines) {
        CHECK(line.balance.version == 0);
        CHECK(line.balance.state == AccountState::open);
        CHECK(line.was_open_at(Seq{7}));
    }
}

TEST_CASE("details come of each code in order; one of nobody and one opened later say so",
          "[projector][query][accounts]") {
    Served served;
    served.ledger.transfer(1, 2, 5);
    served.ledger.open("late");
    served.ledger.transfer(1, 2, 5);
    served.ledger.commit();
    served.catch_up();
    const auto client = served.answering->connect();
    const std::vector<std::string> codes{"late", "users:1", "nobody"};
    const auto now = must(client->account_details(codes, kSeqMax, {Seq{10}, 5s}));
    CHECK(now.as_of == Seq{10});
    REQUIRE(now.lines.size() == 3);
    CHECK(now.lines[0].was_open_at(now.as_of));
    CHECK(now.lines[1].balance.totals.posted_credits == Amount{0, 10});
    CHECK(now.lines[1].limits.min == SignedAmount{0});
    CHECK(now.lines[2] == schema::AccountDetails{});
    const auto then = must(client->account_details(codes, Seq{8}));
    CHECK(then.as_of == Seq{8});
    CHECK(then.standing.watermark == Seq{10});
    CHECK_FALSE(then.lines[0].was_open_at(Seq{8}));
    CHECK(then.lines[0].balance.opened == Seq{9});
    CHECK(then.lines[1].balance.totals.posted_credits == Amount{0, 5});
    CHECK(then.lines[1].balance.version == 1);
    CHECK_FALSE(must(client->account_details(codes, Seq{})).lines[1].was_open_at(Seq{}));
}

TEST_CASE("a Seq that is not reached is waited for, and refused when it does not come",
          "[projector][query][accounts]") {
    Served served;
    const auto client = served.answering->connect();
    const std::vector<std::string> codes{"users:1"};
    for (const auto wait : {0ms, 30ms}) {
        const auto error = test::error_of(client->account_details(codes, Seq{9}, {{}, wait}));
        CHECK(error.code == ErrorCode::try_again);
        CHECK(error.detail.find("at seq 7, before 9") != std::string::npos);
        CHECK(test::error_of(client->trial_balance(Seq{9}, {{}, wait})).code ==
              ErrorCode::try_again);
    }
}

TEST_CASE("more names than one answer's work allows are all answered, as of one Seq",
          "[projector][query][accounts]") {
    Served served;
    for (int i = 0; i < 900; ++i)
        served.ledger.open("many:" + std::to_string(i));
    served.ledger.commit();
    // Far enough behind that each takes some hops: more in all than one answer may cost.
    for (int round = 0; round < 3; ++round) {
        for (std::uint64_t i = 0; i < 900; ++i)
            served.ledger.transfer(1, 6 + i, 1);
        served.ledger.commit();
    }
    const Seq head = served.catch_up();
    const Seq then{head.value() - 1800};
    const auto client = served.answering->connect();
    std::vector<std::string> codes;
    for (int i = 0; i < 900; ++i)
        codes.push_back("many:" + std::to_string(i));
    const auto details = must(client->account_details(codes, then, {head, 5s}));
    CHECK(details.as_of == then);
    REQUIRE(details.lines.size() == 900);
    for (std::size_t i = 0; i < 900; ++i) {
        REQUIRE(details.lines[i].code == codes[i]);
        REQUIRE(details.lines[i].balance.totals.posted_credits == Amount{0, 1});
    }
    const auto trial = must(client->trial_balance(then));
    CHECK(trial.as_of == then);
    REQUIRE(trial.lines.size() == 2);
    CHECK(trial.lines[0].asset_code == "USD");
    CHECK(trial.lines[0].accounts == 904);
    CHECK(trial.lines[0].totals.posted_debits == Amount{0, 900});
    CHECK(trial.lines[0].totals.posted_credits == Amount{0, 900});
    CHECK(trial.lines[1].asset_code == "EUR");
    CHECK(must(client->trial_balance()).lines[0].totals.posted_debits == Amount{0, 2700});
}

}  // namespace daybook::projector
