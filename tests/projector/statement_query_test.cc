#include <algorithm>
#include <chrono>
#include <vector>

#include <catch2/catch.hpp>

#include "ledger/form.h"
#include "projector/statement.h"
#include "tests/projector/answering.h"
#include "tests/projector/told.h"

namespace daybook::projector {

using namespace std::chrono_literals;
using schema::AccountStatement;
using schema::StatementRange;
using test::Answering;
using test::Ledger;
using test::must;
using test::OpenPast;
using test::Place;
using test::RandomLedger;

namespace {

std::vector<AccountStatement> pages_of(gateway::QueryClient& client, const std::string& code,
                                       StatementRange range) {
    std::vector<AccountStatement> pages;
    do {
        pages.push_back(must(client.statement(code, range)));
        range.before = pages.back().next;
    } while (!range.before.is_none());
    return pages;
}

std::vector<StatementLine> lines_of(const std::vector<AccountStatement>& pages) {
    std::vector<StatementLine> lines;
    for (const auto& page : pages)
        lines.insert(lines.end(), page.lines.begin(), page.lines.end());
    return lines;
}

// An entry whose last posting is to account 4: as much as the others, of 1 each, come to.
void post_wide(Ledger& ledger, std::uint8_t key, std::size_t postings) {
    const AccountRef user{AccountNumber{4}, {}};
    const AccountRef cash{AccountNumber{1}, {}};
    std::vector<Posting> stated(postings - 1, {cash, Side::debit, Amount{0, 1}});
    stated.push_back({user, Side::credit, Amount{0, postings - 1}});
    ledger.submit(PostEntry{{{0xdd, key}}, std::move(stated), {}});
}

}  // namespace

TEST_CASE("pages asked for and joined are the whole history of every account",
          "[projector][query][statement][I14]") {
    const Place place;
    RandomLedger random{place, 31};
    random.run(1500);
    OpenPast open{place, random.ledger()};
    const Past past = open.past();
    const Answering answering{place, random.ledger()};
    const auto client = answering.connect();
    const auto lines_max = GENERATE(1U, 7U, 100'000U);
    const std::uint64_t head = past.watermark().value();
    for (std::uint64_t number = 1; number <= random.ledger().book().account_count(); ++number) {
        const AccountInfo account = *must(open.view.account(AccountNumber{number}));
        for (const auto& [from, to] :
             {std::pair{Seq{1}, kSeqMax}, {Seq{head / 3}, Seq{head / 2}}}) {
            if (to < account.opened) {
                const auto refused = client->statement(account.code, {from, to, {}, lines_max});
                CHECK(test::error_of(refused).code == ErrorCode::not_found);
                continue;
            }
            const auto whole = must(read_statement(past, {.account = account.number,
                                                          .from = from,
                                                          .to = to,
                                                          .before = {},
                                                          .lines_max = 100'000,
                                                          .postings_max = 10'000'000,
                                                          .read_max = 1 << 30}));
            const auto pages = pages_of(*client, account.code, {from, to, {}, lines_max});
            REQUIRE(lines_of(pages) == whole.lines);
            CHECK(pages.front().closing.totals == whole.closing.totals);
            CHECK(pages.front().closing.last == whole.closing.last);
            CHECK(pages.back().opening.totals == whole.opening.totals);
            CHECK(pages.back().opening.version == whole.opening.version);
            CHECK(pages.front().closing.number == account.number);
            CHECK(pages.front().standing.watermark == Seq{head});
            for (std::size_t i = 1; i < pages.size(); ++i)
                REQUIRE(pages[i].closing.totals == pages[i - 1].opening.totals);
        }
    }
}

TEST_CASE("a statement waits for its Seq, and says so when it does not come",
          "[projector][query][statement]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const auto projector = test::open_projector(place, ledger);
    must(projector->catch_up());
    const Answering answering{place, ledger};
    const auto client = answering.connect();
    ledger.transfer(1, 4, 5);
    ledger.commit();
    const auto late = test::error_of(client->statement("users:3", {}, {Seq{8}, 20ms}));
    CHECK(late.code == ErrorCode::try_again);
    CHECK(must(client->statement("users:3", {})).lines.empty());
    must(projector->catch_up());
    CHECK(must(client->statement("users:3", {}, {Seq{8}, 5s})).lines.size() == 1);
    const auto unknown = must(client->statement("nobody", {}));
    CHECK(unknown.closing.number.is_none());
    CHECK(unknown.standing.watermark == Seq{8});
    CHECK(must(client->statement("no code", {})).closing.number.is_none());
    CHECK(test::error_of(client->statement("users:3", {.from = Seq{}})).code == ErrorCode::usage);
    CHECK(test::error_of(client->statement("users:3", {.lines_max = 0})).code == ErrorCode::usage);
}

TEST_CASE("a page ends early when it would cost too much, with the place to go on from",
          "[projector][query][statement][I10]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    constexpr std::size_t kWide = 60;
    for (std::uint8_t key = 0; key < kWide; ++key)
        post_wide(ledger, key, kPostingsMax);
    for (int i = 0; i < 700; ++i)
        ledger.transfer(1, 4, 1);
    ledger.commit();
    OpenPast open{place, ledger};
    const Answering answering{place, ledger};
    const auto client = answering.connect();
    const auto pages = pages_of(*client, "users:3", {.lines_max = 100'000});
    REQUIRE(pages.size() > 2);
    CHECK(pages[0].lines.size() == schema::kStatementLinesMax);
    std::size_t lines = 0;
    for (const auto& page : pages) {
        std::size_t postings = 0;
        for (const auto& line : page.lines)
            postings += line.counter.size();
        CHECK(postings < schema::kStatementPostingsMax + kPostingsMax);
        lines += page.lines.size();
    }
    CHECK(lines == kWide + 700);

    // What is read counts too, whatever comes of it.
    const auto read = must(read_statement(open.past(), {.account = AccountNumber{4},
                                                        .from = Seq{1},
                                                        .to = Seq{7 + kWide},
                                                        .before = {},
                                                        .lines_max = 1000,
                                                        .postings_max = 100'000,
                                                        .read_max = 100'000}));
    CHECK_FALSE(read.next.is_none());
    CHECK(read.lines.size() < kWide);
    CHECK(read.lines.size() > 1);
}

TEST_CASE("the endpoint says what had been recorded by a moment", "[projector][query]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);  // 7 records at kStamp
    ledger.pass(10s);
    ledger.transfer(1, 4, 5);
    ledger.commit();
    const Stamp second = ledger.head().stamp;
    must(test::open_projector(place, ledger)->catch_up());
    const Answering answering{place, ledger};
    const auto client = answering.connect();
    const auto seq_at = [&](Stamp moment) { return must(client->seq_at(moment)).seq; };
    CHECK(seq_at(Stamp{test::kStamp.nanoseconds() - 1}) == Seq{});
    CHECK(seq_at(test::kStamp) == Seq{7});
    CHECK(seq_at(Stamp{second.nanoseconds() - 1}) == Seq{7});
    CHECK(seq_at(second) == Seq{8});
    const auto later = must(client->seq_at(Stamp{second.nanoseconds() + 1'000'000'000}));
    CHECK(later.seq == Seq{8});
    CHECK(later.began == test::kStamp);
    CHECK(later.standing.head == Seq{8});
}

}  // namespace daybook::projector
