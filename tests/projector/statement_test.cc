#include "projector/statement.h"

#include <algorithm>
#include <map>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/projector/told.h"

namespace daybook::projector {

using test::Ledger;
using test::must;
using test::OpenPast;
using test::Place;
using test::RandomLedger;
using test::Told;

namespace {

Id128 key(std::uint8_t number) {
    return {{0xcc, number}};
}

std::vector<StatementPage> pages_of(const Past& past, StatementQuery query) {
    std::vector<StatementPage> pages;
    do {
        pages.push_back(must(read_statement(past, query)));
        query.before = pages.back().next;
    } while (!query.before.is_none());
    return pages;
}

// Debits minus credits of what the whole entry behind a line posted, by asset.
std::map<std::uint32_t, Int128> sums_of(const StatementLine& line, AssetNumber asset) {
    std::map<std::uint32_t, Int128> sums;
    const auto add = [&](AssetNumber of, Side side, Amount amount) {
        const auto units = static_cast<Int128>(amount.minor_units());
        sums[of.value()] += side == Side::debit ? units : -units;
    };
    add(asset, line.side, line.posted);
    for (const auto& posting : line.counter)
        add(posting.asset, posting.side, posting.amount);
    return sums;
}

// The totals before a line: what it changed is taken off again.
Totals before(const StatementLine& line) {
    Totals totals = line.after;
    Amount& posted = line.side == Side::debit ? totals.posted_debits : totals.posted_credits;
    Amount& held = line.side == Side::debit ? totals.held_debits : totals.held_credits;
    posted = Amount{posted.minor_units() - line.posted.minor_units()};
    held = Amount{held.minor_units() - static_cast<Uint128>(line.held.minor_units())};
    return totals;
}

bool posts(const StatementLine& line) {
    return line.kind == LineKind::transfer || line.kind == LineKind::entry ||
           line.kind == LineKind::reversal || line.kind == LineKind::hold_captured;
}

std::vector<std::uint64_t> seqs_of(const StatementPage& page) {
    std::vector<std::uint64_t> seqs;
    for (const auto& line : page.lines)
        seqs.push_back(line.at.seq().value());
    return seqs;
}

}  // namespace

TEST_CASE("pages joined are the whole history, whatever their size and range",
          "[projector][statement][I14]") {
    const Place place;
    RandomLedger random{place, 21};
    random.run(1500);
    OpenPast open{place, random.ledger()};
    const Past past = open.past();
    const std::uint64_t head = past.watermark().value();
    struct Range {
        std::uint64_t from;
        std::uint64_t to;
    };
    const auto range = GENERATE_COPY(Range{1, head}, Range{1, head / 2}, Range{head / 3, head / 2},
                                     Range{head / 2, head}, Range{5, 4});
    const auto lines_max = GENERATE(std::size_t{1}, 3, 1000);
    for (std::uint64_t number = 1; number <= random.ledger().book().account_count(); ++number) {
        const AccountNumber account{number};
        if (must(past.view().account(account))->opened > Seq{range.to}) {
            const StatementQuery early{.account = account, .to = Seq{range.to}};
            REQUIRE(test::error_of(read_statement(past, early)).code == ErrorCode::not_found);
            continue;
        }
        std::vector<Told::Step> expected;
        for (const auto& step : random.told().steps(account)) {
            const bool is_in =
                step.at.seq().value() >= range.from && step.at.seq().value() <= range.to;
            if (is_in) expected.push_back(step);
        }
        std::ranges::reverse(expected);
        const auto pages =
            pages_of(past, {account, Seq{range.from}, Seq{range.to}, TouchPointer{}, lines_max});
        std::size_t index = 0;
        Balance last = random.told().balance_at(account, Seq{range.to});
        for (const auto& page : pages) {
            REQUIRE(test::is_equal(page.closing, last));
            REQUIRE(page.lines.size() <= lines_max);
            for (const auto& line : page.lines) {
                REQUIRE(index < expected.size());
                const auto& step = expected[index++];
                REQUIRE(line.at == step.at);
                REQUIRE(line.recorded_at == step.stamp);
                REQUIRE(line.after == step.touch.after);
                REQUIRE(line.version == step.touch.version);
            }
            last = page.opening;
        }
        REQUIRE(index == expected.size());
        if (range.from > range.to) continue;
        REQUIRE(test::is_equal(last, random.told().balance_at(account, Seq{range.from - 1})));
    }
}

TEST_CASE("opening and lines add up to closing, and every line names its whole entry",
          "[projector][statement][I14]") {
    const Place place;
    RandomLedger random{place, 22};
    random.run(3000);
    OpenPast open{place, random.ledger()};
    const Past past = open.past();
    std::map<LineKind, std::size_t> seen;
    for (std::uint64_t number = 1; number <= random.ledger().book().account_count(); ++number) {
        const AccountInfo account = *must(open.view.account(AccountNumber{number}));
        for (const auto& page : pages_of(past, {.account = account.number, .lines_max = 7})) {
            Totals totals = page.opening.totals;
            std::for_each(page.lines.rbegin(), page.lines.rend(), [&](const StatementLine& line) {
                ++seen[line.kind];
                REQUIRE(before(line) == totals);
                totals = line.after;
                REQUIRE(line.counter.empty() == (line.kind == LineKind::state_changed ||
                                                 line.kind == LineKind::limits_changed));
                REQUIRE(line.state.has_value() == (line.kind == LineKind::state_changed));
                REQUIRE(line.limits.has_value() == (line.kind == LineKind::limits_changed));
                if (!posts(line)) REQUIRE(line.posted.is_zero());
                if (!posts(line)) return;
                for (const auto& [asset, sum] : sums_of(line, account.asset))
                    REQUIRE(sum == 0);
            });
            REQUIRE(totals == page.closing.totals);
        }
    }
    CHECK(seen.size() == 9);  // every kind there is
}

TEST_CASE("a line says what it was about", "[projector][statement]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    const Particulars said{
        .reference = "order-7", .description = "two books", .effective_at = Stamp{5}};
    const AccountRef cash{AccountNumber{1}, {}};
    const AccountRef first{AccountNumber{2}, {}};
    const AccountRef third{{}, "users:3"};
    const Seq entry = ledger.submit(PostEntry{key(1),
                                              {{cash, Side::debit, Amount{0, 30}},
                                               {first, Side::credit, Amount{0, 20}},
                                               {third, Side::credit, Amount{0, 10}}},
                                              said});
    const Seq reversal = ledger.submit(ReverseEntry{
        key(2), {entry, 0}, {Amount{0, 5}, Amount{0, 5}, Amount{}}, {.reference = "refund-7"}});
    const Seq placed = ledger.submit(
        Atomic{key(3), {PlaceHold{{}, first, cash, Amount{0, 9}, {}}, SetLimits{{}, first, {}}}});
    const Seq captured = ledger.submit(
        CaptureHold{key(4), {placed, 0}, Amount{0, 4}, true, {.description = "shipped"}});
    ledger.commit();
    OpenPast open{place, ledger};
    const auto page = must(read_statement(open.past(), {.account = AccountNumber{2}}));
    REQUIRE(page.lines.size() == 5);
    CHECK(page.next.is_none());
    CHECK(page.opening.version == 0);

    const StatementLine& capture = page.lines[0];
    CHECK(capture.kind == LineKind::hold_captured);
    CHECK(capture.id == EntryId{captured, 0});
    CHECK(capture.about == EntryId{placed, 0});
    CHECK(capture.side == Side::debit);
    CHECK(capture.posted == Amount{0, 4});
    CHECK(capture.held == SignedAmount{-9});
    CHECK(capture.description == "shipped");
    REQUIRE(capture.counter.size() == 1);
    CHECK(capture.counter[0].code == "bank:cash");
    CHECK(capture.counter[0].amount == Amount{0, 4});

    const StatementLine& limits = page.lines[1];
    CHECK(limits.kind == LineKind::limits_changed);
    CHECK(limits.id == EntryId{placed, 1});
    CHECK(limits.at == TouchPointer{placed, 2});
    CHECK(limits.limits == Limits{});

    const StatementLine& hold = page.lines[2];
    CHECK(hold.kind == LineKind::hold_placed);
    CHECK(hold.id == EntryId{placed, 0});
    CHECK(hold.posted.is_zero());
    CHECK(hold.held == SignedAmount{9});
    REQUIRE(hold.counter.size() == 1);
    CHECK(hold.counter[0].side == Side::credit);
    CHECK(hold.counter[0].amount == Amount{0, 9});

    const StatementLine& mirrored = page.lines[3];
    CHECK(mirrored.kind == LineKind::reversal);
    CHECK(mirrored.id == EntryId{reversal, 0});
    CHECK(mirrored.about == EntryId{entry, 0});
    CHECK(mirrored.reference == "refund-7");
    CHECK(mirrored.side == Side::debit);
    CHECK(mirrored.posted == Amount{0, 5});
    REQUIRE(mirrored.counter.size() == 1);
    CHECK(mirrored.counter[0].side == Side::credit);

    const StatementLine& posted = page.lines[4];
    CHECK(posted.kind == LineKind::entry);
    CHECK(posted.reference == "order-7");
    CHECK(posted.description == "two books");
    CHECK(posted.effective_at == Stamp{5});
    CHECK(posted.recorded_at == ledger.head().stamp);
    REQUIRE(posted.counter.size() == 2);
    CHECK(posted.counter[1].code == "users:3");
}

TEST_CASE("ranges are inclusive, and a cursor is any place in the journal",
          "[projector][statement]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);  // 7 records
    for (std::uint64_t i = 8; i <= 17; ++i)
        ledger.transfer(1, 5 - (i % 2), i);  // account 4 at odd Seqs, which are 9, 11 …
    ledger.commit();
    OpenPast open{place, ledger};
    const Past past = open.past();
    const auto read = [&](Seq from, Seq to, TouchPointer cursor = {}, std::size_t lines = 50) {
        return must(read_statement(past, {AccountNumber{4}, from, to, cursor, lines}));
    };
    using Seqs = std::vector<std::uint64_t>;
    CHECK(seqs_of(read(Seq{1}, kSeqMax)) == Seqs{17, 15, 13, 11, 9});
    CHECK(seqs_of(read(Seq{11}, Seq{15})) == Seqs{15, 13, 11});
    CHECK(seqs_of(read(Seq{12}, Seq{14})) == Seqs{13});
    CHECK(seqs_of(read(Seq{12}, Seq{12})).empty());
    CHECK(read(Seq{12}, Seq{12}).closing.version == 2);
    CHECK(read(Seq{12}, Seq{12}).opening.version == 2);
    CHECK(seqs_of(read(Seq{1}, kSeqMax, {Seq{13}, 1})) == Seqs{11, 9});
    CHECK(seqs_of(read(Seq{1}, kSeqMax, {Seq{13}, 2})) == Seqs{13, 11, 9});
    CHECK(seqs_of(read(Seq{1}, Seq{10}, {Seq{13}, 0})) == Seqs{9});
    CHECK(seqs_of(read(Seq{1}, kSeqMax, {Seq{1}, 0})).empty());
    // The page ends with the range: there is no next one.
    CHECK(read(Seq{13}, kSeqMax, {}, 3).next.is_none());
    CHECK(read(Seq{13}, kSeqMax, {}, 2).next == TouchPointer{Seq{15}, 1});
    CHECK(test::error_of(read_statement(past, {.account = AccountNumber{99}})).code ==
          ErrorCode::not_found);
    // It was opened at Seq 6: before, there is nothing that zeros could be the balance of.
    const StatementQuery early{.account = AccountNumber{4}, .to = Seq{5}};
    CHECK(test::error_of(read_statement(past, early)).code == ErrorCode::not_found);
    CHECK(seqs_of(read(Seq{1}, Seq{6})).empty());
    // Never touched.
    CHECK(must(read_statement(past, {.account = AccountNumber{2}})).lines.empty());
}

TEST_CASE("a page costs its lines and a few records, not the history", "[projector][statement]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    for (int i = 0; i < 20'000; ++i)
        ledger.transfer(1, 4, 1);
    ledger.commit();
    OpenPast open{place, ledger};
    const Past past = open.past();
    for (const std::uint64_t to : {20'007U, 19'000U, 10'000U, 5'000U, 100U}) {
        const auto page = must(read_statement(past, {.account = AccountNumber{4}, .to = Seq{to}}));
        CHECK(page.lines.size() == 50);
        CHECK(page.records_read <= 51 + 40);
    }
}

TEST_CASE("a record whose touches are no steps is refused", "[projector][statement]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    ledger.transfer(1, 4, 10);
    const auto alter = GENERATE(
        as<Ledger::Alter>{},
        [](Decision& decision) { decision.touches[1].after.posted_credits = Amount{0, 3}; },
        [](Decision& decision) { decision.touches[1].after.posted_debits = Amount{0, 3}; });
    ledger.submit(Transfer{key(1), AccountNumber{1}, AccountNumber{4}, Amount{0, 5}, {}, {}},
                  alter);
    ledger.commit();
    OpenPast open{place, ledger};
    CHECK(test::error_of(read_statement(open.past(), {.account = AccountNumber{4}})).code ==
          ErrorCode::damaged);
}

TEST_CASE("a record with other touches than its command makes is refused",
          "[projector][statement]") {
    const Place place;
    Ledger ledger{place.journal()};
    test::open_some_accounts(ledger);
    ledger.submit(
        Transfer{key(1), AccountNumber{1}, AccountNumber{4}, Amount{0, 5}, {}, {}},
        [](Decision& decision) { decision.touches.push_back(Touch{decision.touches.front()}); });
    ledger.commit();
    OpenPast open{place, ledger};
    CHECK(test::error_of(read_statement(open.past(), {.account = AccountNumber{1}})).code ==
          ErrorCode::damaged);
}

}  // namespace daybook::projector
