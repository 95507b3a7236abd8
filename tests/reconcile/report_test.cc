#include "reconcile/report.h"

#include <catch2/catch.hpp>

#include "export/csv_cell.h"
#include "json/value.h"
#include "reconcile/csv.h"
#include "tests/reconcile/lines.h"

namespace daybook::reconcile {

namespace {

using Write = Result<void> (*)(const Reconciliation&, const Sink&);

std::string written(const Reconciliation& result, Write write) {
    std::string text;
    const auto done = write(result, [&](std::string_view piece) -> Result<void> {
        text += piece;
        return {};
    });
    REQUIRE(done);
    return text;
}

Reconciliation some() {
    return compare({line(5, 100, "A"), line(6, 50, "B", "=SUM(A1)", "users:x"), line(7, -5, "C")},
                   {line(5, 100, "A"), line(7, -7, "C"), line(9, 3, "-1", "say \"hi\", twice")});
}

}  // namespace

TEST_CASE("the rows of breaks.csv are what is open, and none of them is a formula", "[reconcile]") {
    CHECK(written(some(), write_breaks_csv) ==
          "break,bucket,party,seq,touch,line,day,amount_minor,amount,difference,reference,"
          "description,counterpart,by\r\n"
          "1,amount_differs,ledger,3,0,,2025-03-07,-5,-0.05,0.02,C,,,reference\r\n"
          "1,amount_differs,statement,,,2,2025-03-07,-7,-0.07,0.02,C,,,reference\r\n"
          "2,missing_in_ledger,statement,,,3,2025-03-09,3,0.03,-0.03,'-1,\"say \"\"hi\"\", "
          "twice\",,\r\n"
          "3,missing_in_statement,ledger,2,0,,2025-03-06,50,0.50,0.50,B,'=SUM(A1),users:x,\r\n");
}

TEST_CASE("a cell of breaks.csv is the one of an export, and can be read back", "[reconcile]") {
    for (const std::string text : {"plain", "=1", "+1", "-1", "@a", "'=1", "'", "''a", "a'b",
                                   "one, two", "=\"x\", y", "\"", "-"}) {
        const auto written_csv = written(compare({line(5, 1, "R", text)}, {}), write_breaks_csv);
        const auto start = written_csv.find(",R,") + 3;
        const auto cell = written_csv.substr(start, written_csv.rfind(",,\r\n") - start);
        std::string of_export;
        exports::append_cell(of_export, text);
        CHECK(cell == of_export);
        CsvReader reader{cell, ';'};
        const auto read = reader.next();
        REQUIRE(read);
        CHECK(exports::without_escape((*read)->fields.front()) == text);
    }
}

TEST_CASE("entries that are pending or move nothing are told", "[reconcile]") {
    auto result = some();
    result.statement.statement.pending = 2;
    result.statement.statement.zeros = 3;
    const auto text = written(
        result, [](const Reconciliation& of, const Sink& sink) { return write_text(of, 5, sink); });
    CHECK_THAT(text, Catch::Contains("pending     2 entries"));
    CHECK_THAT(text, Catch::Contains("zeros       3 booked entries"));
    const auto report = json::parse(summary_json(result));
    REQUIRE(report);
    CHECK(report->find("pending")->text == "2");
    CHECK(report->find("zeros")->text == "3");
}

TEST_CASE("report.json is JSON, with every line, and the same for the same input",
          "[reconcile][I19]") {
    const auto text = written(some(), write_json);
    CHECK(text == written(some(), write_json));
    const auto report = json::parse(text);
    REQUIRE(report);
    const auto* buckets = report->find("buckets");
    REQUIRE(buckets != nullptr);
    REQUIRE(buckets->items.size() == kBuckets);
    std::size_t lines = 0;
    for (const auto& bucket : buckets->items) {
        for (const auto& match : bucket.find("matches")->items)
            lines += match.find("ledger")->items.size() + match.find("statement")->items.size();
    }
    CHECK(lines == 6);
    CHECK(report->find("breaks")->text == "3");
    CHECK_FALSE(report->find("is_clean")->is_true);
    // The summary says the same without the lines.
    const auto summary = json::parse(summary_json(some()));
    REQUIRE(summary);
    CHECK(summary->find("buckets")->items.size() == kBuckets);
    CHECK(summary->find("buckets")->items.front().find("matches") == nullptr);
}

TEST_CASE("the order in which lines are given changes nothing but their numbers", "[reconcile]") {
    std::vector ledger{line(5, 100, "A"), line(6, 50, "B"), line(7, -5, "C"), line(8, 70)};
    std::vector statement{line(5, 100, "A"), line(7, -7, "C"), line(10, 70), line(6, 30),
                          line(6, 20)};
    const auto sums = [](const Reconciliation& result) {
        std::string text;
        for (const auto& bucket : result.buckets) {
            text += std::to_string(bucket.matches) + " " + std::to_string(bucket.ledger.count) +
                    " " + std::to_string(bucket.statement.count) + " ";
        }
        return text;
    };
    const auto first = sums(compare(ledger, statement));
    std::ranges::reverse(ledger);
    std::ranges::reverse(statement);
    CHECK(sums(compare(ledger, statement)) == first);
}

TEST_CASE("a sink that fails ends a report with its error", "[reconcile]") {
    const auto full = [](std::string_view) -> Result<void> {
        return fail(ErrorCode::cannot_create, "full");
    };
    CHECK_FALSE(write_json(some(), full));
    CHECK_FALSE(write_breaks_csv(some(), full));
    CHECK_FALSE(write_text(some(), 5, full));
}

}  // namespace daybook::reconcile
