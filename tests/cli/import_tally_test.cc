#include "cli/import_tally.h"

#include <catch2/catch.hpp>

namespace daybook::cli {

namespace {

CzechRow row_of(Side side, std::uint64_t amount) {
    CzechRow row;
    row.customer = "customers:1";
    row.counter = "bank:cash";
    row.side = side;
    row.amount = Amount{0, amount};
    return row;
}

schema::Receipt receipt_of(const CzechRow& row, std::uint64_t version, std::uint64_t debits,
                           std::uint64_t credits) {
    schema::Receipt receipt;
    receipt.verdict = Verdict::accepted;
    receipt.seq = Seq{version};
    const Touch customer{
        AccountNumber{2}, version, {}, {Amount{0, debits}, Amount{0, credits}, {}, {}}};
    const Touch cash{AccountNumber{1}, version, {}, {}};
    receipt.touches =
        row.side == Side::debit ? std::vector{customer, cash} : std::vector{cash, customer};
    return receipt;
}

}  // namespace

TEST_CASE("a balance that is the sum of its rows is equal, in any order of answers",
          "[cli][import]") {
    ImportTally tally{Seq{1}};
    const auto out = row_of(Side::debit, 30);
    const auto in = row_of(Side::credit, 100);
    tally.add(out, receipt_of(out, 2, 30, 100));
    tally.add(in, receipt_of(in, 1, 0, 100));
    CHECK(tally.accepted() == 1);
    CHECK(tally.replayed() == 1);
    CHECK(tally.check().equal == 1);
    CHECK(tally.check().different == 0);
    CHECK(tally.last_seq() == Seq{2});
    CHECK(tally.sums().credits == Amount{100});
}

TEST_CASE("a balance that is not the sum of its rows is named", "[cli][import]") {
    ImportTally tally{Seq{}};
    const auto in = row_of(Side::credit, 100);
    tally.add(in, receipt_of(in, 1, 0, 101));
    CHECK(tally.check().different == 1);
    CHECK(tally.check().first_different == "customers:1");
}

TEST_CASE("an account with other entries is not judged", "[cli][import]") {
    ImportTally tally{Seq{}};
    const auto in = row_of(Side::credit, 100);
    tally.add(in, receipt_of(in, 7, 0, 900));
    CHECK(tally.check().mixed == 1);
    CHECK(tally.check().different == 0);
}

TEST_CASE("what was decided before the import is a replay, what was answered twice is not",
          "[cli][import]") {
    ImportTally tally{Seq{4}};
    const auto in = row_of(Side::credit, 100);
    auto receipt = receipt_of(in, 5, 0, 100);
    receipt.is_replay = true;
    tally.add(in, receipt);
    CHECK(tally.accepted() == 1);
    receipt.seq = Seq{4};
    tally.add(in, receipt);
    CHECK(tally.replayed() == 1);
}

TEST_CASE("rejected rows are counted by reason and not summed", "[cli][import]") {
    ImportTally tally{Seq{}};
    schema::Receipt receipt;
    receipt.verdict = Verdict::rejected;
    receipt.code = code_of(Rejection::account_not_found);
    tally.add(row_of(Side::credit, 100), receipt);
    tally.add(row_of(Side::credit, 100), receipt);
    CHECK(tally.rejected_count() == 2);
    CHECK(tally.rejected().at("account_not_found") == 2);
    CHECK(tally.sums().credits == Amount{});
}

}  // namespace daybook::cli
