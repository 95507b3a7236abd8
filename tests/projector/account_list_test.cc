#include "projector/account_list.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/projector/told.h"

namespace daybook::projector {

using test::Ledger;
using test::must;
using test::OpenPast;
using test::Place;
using test::RandomLedger;

namespace {

// All pages; each starts behind the one before.
std::vector<AccountAt> list_all(const Past& past, AccountListQuery query) {
    std::vector<AccountAt> lines;
    do {
        auto page = must(list_accounts(past, query));
        CHECK(page.lines.size() <= query.lines_max);
        if (!page.next.empty()) REQUIRE(page.next > query.after);
        query.after = page.next;
        std::ranges::move(page.lines, std::back_inserter(lines));
    } while (!query.after.empty());
    return lines;
}

std::string text_of(std::vector<AccountAt> lines) {
    std::ranges::sort(lines, {}, [](const AccountAt& line) { return line.account.number; });
    std::string text;
    for (const auto& line : lines)
        text += test::text_of(line.account, line.balance);
    return text;
}

std::vector<std::string> codes_of(const std::vector<AccountAt>& lines) {
    std::vector<std::string> codes;
    for (const auto& line : lines)
        codes.push_back(line.account.code);
    return codes;
}

}  // namespace

TEST_CASE("accounts listed at any Seq are the book as it was then, however small the pages",
          "[projector][accounts][I14]") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const Place place;
        RandomLedger random{place, seed};
        random.run(500);
        OpenPast open{place, random.ledger()};
        const Past past = open.past();
        const std::uint64_t head = past.watermark().value();
        std::set<std::string> books;
        for (std::uint64_t seq = 1; seq <= head; ++seq) {
            AccountListQuery query;
            query.seq = Seq{seq};
            query.lines_max = 1 + seq % 7;
            query.work = {.visited_max = 1 + seq % 5, .hops_max = 1 + seq % 3};
            const auto listed = list_all(past, query);
            REQUIRE(std::ranges::is_sorted(codes_of(listed)));
            REQUIRE(text_of(listed) == random.book_at(Seq{seq}));
            books.insert(random.book_at(Seq{seq}));
        }
        CHECK(books.size() > 20);  // else little happened
        CHECK(text_of(list_all(past, {})) == random.book_at(Seq{head}));
        CHECK(list_all(past, {.path = {}, .after = {}, .seq = Seq{}}).empty());
    }
}

TEST_CASE("a list may be of one asset, one type and one state, as they were",
          "[projector][accounts]") {
    const Place place;
    RandomLedger random{place, 21};
    random.run(800);
    OpenPast open{place, random.ledger()};
    const Past past = open.past();
    std::size_t found = 0;
    for (std::uint64_t seq = 40; seq <= past.watermark().value(); seq += 97) {
        AccountListQuery query;
        query.seq = Seq{seq};
        query.lines_max = 3;
        const auto everything = list_all(past, query);
        for (std::uint32_t asset = 0; asset <= 3; ++asset) {
            for (std::uint8_t state = 0; state <= 5; ++state) {
                query.asset = AssetNumber{asset};
                query.state.reset();
                if (state != 0) query.state = static_cast<AccountState>(state);
                query.type.reset();
                if (seq % 2 == 0) query.type = AccountType::liability;
                std::vector<std::string> wanted;
                for (const auto& [account, balance] : everything) {
                    const bool is_asset = asset == 0 || account.asset == query.asset;
                    const bool is_state = state == 0 || account.state == *query.state;
                    const bool is_type = !query.type || account.type == *query.type;
                    if (is_asset && is_state && is_type) wanted.push_back(account.code);
                }
                CHECK(codes_of(list_all(past, query)) == wanted);
                if (state > 1) found += wanted.size();
            }
        }
    }
    CHECK(found > 0);
}

TEST_CASE("a page ends with the account that passes the work it may cost, and goes on behind it",
          "[projector][accounts]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    OpenPast open{place, ledger};
    const Past past = open.past();
    AccountListQuery query;
    query.state = AccountState::closed;  // none is
    query.work.visited_max = 2;
    auto page = must(list_accounts(past, query));
    CHECK(page.lines.empty());
    CHECK(page.next == "bank:euros");
    query.after = page.next;
    page = must(list_accounts(past, query));
    CHECK(page.next == "users:2");
    query.after = page.next;
    CHECK(must(list_accounts(past, query)).next.empty());
    // A page that is full tells of another only when there is one.
    query = {};
    query.path = "users";
    query.lines_max = 3;
    CHECK(must(list_accounts(past, query)).next.empty());
    query.lines_max = 2;
    CHECK(must(list_accounts(past, query)).next == "users:2");
}

TEST_CASE("accounts read by name are those of the Seq, in order, as many as the work allows",
          "[projector][accounts][I14]") {
    const Place place;
    RandomLedger random{place, 5};
    random.run(400);
    OpenPast open{place, random.ledger()};
    const Past past = open.past();
    std::vector<std::string> codes;
    must(open.view.for_each_account([&](const AccountInfo& account, const Balance&) {
        codes.push_back(account.code);
        return true;
    }));
    for (std::uint64_t seq = 1; seq <= past.watermark().value(); seq += 7) {
        std::vector<AccountAt> there;
        std::size_t read = 0;
        while (read < codes.size()) {
            const auto some = must(read_accounts(past, std::span{codes}.subspan(read), Seq{seq},
                                                 {.visited_max = 3, .hops_max = 2}));
            REQUIRE_FALSE(some.empty());
            for (const auto& line : some) {
                REQUIRE(line.account.code == codes[read++]);
                if (line.account.opened <= Seq{seq}) {
                    there.push_back(line);
                } else {
                    REQUIRE(line.balance.version == 0);
                }
            }
        }
        REQUIRE(text_of(there) == random.book_at(Seq{seq}));
    }
    const std::vector<std::string> some{"nobody", codes[0]};
    const auto lines = must(read_accounts(past, some, kSeqMax));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].is_none());
    CHECK(lines[1].account.code == codes[0]);
}

TEST_CASE("accounts summed up page by page come to what each one of them has, at any Seq",
          "[projector][accounts][I14]") {
    const Place place;
    RandomLedger random{place, 8};
    random.run(600);
    OpenPast open{place, random.ledger()};
    const Past past = open.past();
    for (std::uint64_t seq = 0; seq <= past.watermark().value(); seq += 29) {
        std::map<std::pair<AssetNumber, AccountType>, AccountSum> wanted;
        AccountListQuery query;
        query.seq = Seq{seq};
        for (const auto& [account, balance] : list_all(past, query)) {
            auto& sum = wanted[{account.asset, account.type}];
            ++sum.accounts;
            sum.totals.posted_debits = Amount{sum.totals.posted_debits.minor_units() +
                                              balance.totals.posted_debits.minor_units()};
            sum.totals.held_credits = Amount{sum.totals.held_credits.minor_units() +
                                             balance.totals.held_credits.minor_units()};
        }
        std::map<std::pair<AssetNumber, AccountType>, AccountSum> summed;
        std::map<AssetNumber, Uint128> surplus;
        AccountNumber after;
        do {
            const auto page = must(
                sum_accounts(past, after, Seq{seq}, {.visited_max = 1 + seq % 5, .hops_max = 3}));
            if (!page.next.is_none()) REQUIRE(page.next > after);
            after = page.next;
            for (const auto& [of, sum] : page.sums) {
                auto& all = summed[of];
                all.accounts += sum.accounts;
                all.totals.posted_debits = Amount{all.totals.posted_debits.minor_units() +
                                                  sum.totals.posted_debits.minor_units()};
                all.totals.held_credits = Amount{all.totals.held_credits.minor_units() +
                                                 sum.totals.held_credits.minor_units()};
                surplus[of.first] += sum.totals.posted_debits.minor_units() -
                                     sum.totals.posted_credits.minor_units();
            }
        } while (!after.is_none());
        REQUIRE(summed.size() == wanted.size());
        for (const auto& [of, sum] : wanted) {
            CHECK(summed[of].accounts == sum.accounts);
            CHECK(summed[of].totals.posted_debits == sum.totals.posted_debits);
            CHECK(summed[of].totals.held_credits == sum.totals.held_credits);
        }
        for (const auto& [asset, units] : surplus)
            CHECK(units == 0);
    }
}

}  // namespace daybook::projector
