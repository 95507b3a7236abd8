#include <catch2/catch.hpp>

#include "tests/reconcile/lines.h"

namespace daybook::reconcile {

namespace {

// `rest` follows the format.
Rules rules(const std::string& rest) {
    auto read = parse_rules(R"({"format": "daybook-rules-1", )" + rest + "}", kEuro);
    if (!read) FAIL(read.error().detail);
    return *std::move(read);
}

std::string refused(const std::string& rest) {
    const auto read = parse_rules(R"({"format": "daybook-rules-1", )" + rest + "}", kEuro);
    return read ? "taken" : read.error().detail;
}

}  // namespace

TEST_CASE("a rule matches within its days, the nearest first", "[reconcile]") {
    const auto slow = rules(R"("rules": [{"name": "slow", "days": 2}])");
    CHECK(told(compare({line(5, 100, "A")}, {line(7, 100)}, slow)) ==
          "matched_by_rule 1=1 by slow");
    CHECK(told(compare({line(7, 100)}, {line(5, 100)}, slow)) == "matched_by_rule 1=1 by slow");
    CHECK(told(compare({line(5, 100)}, {line(8, 100)}, slow)) == "date_differs 1=1");
    CHECK(told(compare({line(5, 100), line(6, 100)}, {line(7, 100)}, slow)) ==
          "matched_by_rule 2=1 by slow; missing_in_statement 1=");
    CHECK(told(compare({line(5, 100, "A")}, {line(7, 100, "B")}, slow)) ==
          "missing_in_ledger =1; missing_in_statement 1=");
}

TEST_CASE("a rule matches amounts within its tolerance, and the difference is told",
          "[reconcile]") {
    const auto rounds =
        rules(R"("rules": [{"name": "rounds", "amount_within": "0.05", "reference": "equal"}])");
    const auto result = compare({line(5, 100, "A")}, {line(5, 105, "A")}, rounds);
    CHECK(told(result) == "matched_by_rule 1=1 by rounds");
    CHECK(result.bucket(Bucket::matched_by_rule).difference() == -5);
    CHECK(told(compare({line(5, 100, "A")}, {line(5, 106, "A")}, rounds)) ==
          "amount_differs 1=1 by reference");
    CHECK(told(compare({line(5, 100)}, {line(5, 101)}, rounds)) ==
          "missing_in_ledger =1; missing_in_statement 1=");
    // The nearest amount, not the first.
    const auto any =
        rules(R"("rules": [{"name": "any", "amount_within": "0.05", "reference": "ignored"}])");
    CHECK(told(compare({line(5, 100)}, {line(5, 96), line(5, 102)}, any)) ==
          "matched_by_rule 1=2 by any; missing_in_ledger =1");
}

TEST_CASE("a rule is about the lines its filters take", "[reconcile]") {
    const auto cards = rules(R"("rules": [{"name": "cards", "days": 3, "reference": "ignored",
        "ledger": {"counterpart_starts_with": "sales:", "increases": true},
        "statement": {"description_has": "CARD", "reference_starts_with": "T"}}])");
    const auto sale = line(5, 100, "A", "", "sales:web");
    CHECK(told(compare({sale}, {line(7, 100, "T1", "A CARD")}, cards)) ==
          "matched_by_rule 1=1 by cards");
    const char* apart = "missing_in_ledger =1; missing_in_statement 1=";
    CHECK(told(compare({line(5, 100, "A", "", "users:x")}, {line(7, 100, "T1", "A CARD")},
                       cards)) == apart);
    CHECK(told(compare({sale}, {line(7, 100, "T1", "CASH")}, cards)) == apart);
    CHECK(told(compare({sale}, {line(7, 100, "U1", "A CARD")}, cards)) == apart);
    CHECK(told(compare({line(5, -100, "A", "", "sales:web")}, {line(7, -100, "T1", "CARD")},
                       cards)) == apart);
}

TEST_CASE("a reference may stand in the statement's text", "[reconcile]") {
    const auto text =
        rules(R"("rules": [{"name": "text", "days": 1, "reference": "in_description"}])");
    CHECK(told(compare({line(5, 100, "INV-17")}, {line(6, 100, "B9", "pays INV-17, thanks")},
                       text)) == "matched_by_rule 1=1 by text");
    CHECK(told(compare({line(5, 100, "INV-17")}, {line(6, 100, "B9", "pays INV-18")}, text)) ==
          "missing_in_ledger =1; missing_in_statement 1=");
    // Short ones stand in any text.
    CHECK(told(compare({line(5, 100, "17")}, {line(6, 100, "B9", "pays 17")}, text)) ==
          "missing_in_ledger =1; missing_in_statement 1=");
}

TEST_CASE("a rule for groups takes a whole day, or the one set that adds up", "[reconcile]") {
    const auto batch = rules(R"("rules": [{"name": "batch", "many": "ledger", "days": 1,
        "reference": "ignored", "lines_max": 3, "ledger": {"counterpart_starts_with": "sales:"}}])");
    const auto sale = [](int of_march, Int128 amount) {
        return line(of_march, amount, "R", "", "sales:web");
    };
    CHECK(told(compare({sale(5, 10), sale(5, 20), sale(5, -5), sale(5, 40)}, {line(6, 65, "S")},
                       batch)) == "grouped 1+2+3+4=1 by batch");
    CHECK(told(compare({sale(5, 10), sale(5, 20), sale(5, 40)}, {line(6, 50, "S")}, batch)) ==
          "grouped 1+3=1 by batch; missing_in_statement 2=");
    // Four of them, and not all of the day.
    CHECK(compare({sale(5, 1), sale(5, 2), sale(5, 4), sale(5, 8), sale(5, 99)}, {line(6, 15, "S")},
                  batch)
              .bucket(Bucket::grouped)
              .matches == 0);
    const auto split = rules(R"("rules": [{"name": "split", "many": "statement", "days": 2,
        "reference": "ignored"}])");
    CHECK(told(compare({line(5, 100, "A")}, {line(6, 60, "X"), line(7, 40, "Y")}, split)) ==
          "grouped 1=1+2 by split");
}

TEST_CASE("rules are used in the order of the file", "[reconcile]") {
    const std::string near = R"({"name": "near", "days": 1})";
    const std::string far = R"({"name": "far", "days": 5})";
    const std::vector ours{line(5, 100)};
    const std::vector theirs{line(6, 100)};
    CHECK(told(compare(ours, theirs, rules("\"rules\": [" + near + "," + far + "]"))) ==
          "matched_by_rule 1=1 by near");
    CHECK(told(compare(ours, theirs, rules("\"rules\": [" + far + "," + near + "]"))) ==
          "matched_by_rule 1=1 by far");
}

TEST_CASE("days to wait and days to look around are the rules'", "[reconcile]") {
    const auto patient = rules(R"("timing_days": 10, "date_days": 20, "group_same_day": "none")");
    CHECK(told(compare({line(22, 100)}, {}, patient)) == "timing 1=");
    CHECK(told(compare({line(1, 100)}, {line(21, 100)}, patient)) == "date_differs 1=1");
    const std::vector ours{line(5, 60, "A"), line(5, 40, "A")};
    CHECK(compare(ours, {line(5, 100)}, patient).bucket(Bucket::grouped).matches == 0);
    CHECK(compare(ours, {line(5, 100)}).bucket(Bucket::grouped).matches == 1);
    const auto any = rules(R"("group_same_day": "any")");
    CHECK(
        compare({line(5, 60), line(5, 40)}, {line(5, 100)}, any).bucket(Bucket::grouped).matches ==
        1);
    CHECK(rules(R"("timing_days": 3)").group_same_day == DayGroups::related);
}

TEST_CASE("a camt.053 counts on the day that the rules say", "[reconcile]") {
    CHECK(rules(R"("timing_days": 3)").camt053.day == CamtDay::booking);
    CHECK(rules(R"("camt053": {"day": "value"})").camt053.day == CamtDay::value);
    CHECK_THAT(refused(R"("camt053": {"day": "today"})"), Catch::Contains("camt053.day"));
    CHECK_THAT(refused(R"("group_same_day": true)"), Catch::Contains("group_same_day"));
}

TEST_CASE("a rules file that is wrong says where", "[reconcile]") {
    CHECK_THAT(refused(R"("rules": [{"days": 2}])"), Catch::Contains("rules[0].name"));
    CHECK_THAT(refused(R"("rules": [{"name": "a", "amount_within": "1.234"}])"),
               Catch::Contains("at most 2 digits"));
    CHECK_THAT(refused(R"("rules": [{"name": "a", "amount_within": "-1"}])"),
               Catch::Contains("negative"));
    CHECK_THAT(refused(R"("rules": [{"name": "a", "many": "both"}])"),
               Catch::Contains("rules[0].many"));
    CHECK_THAT(refused(R"("rules": [{"name": "a", "many": "ledger", "lines_max": 33}])"),
               Catch::Contains("2 to 32"));
    CHECK_THAT(refused(R"("rules": [{"name": "a", "lines_max": 3}])"), Catch::Contains("many"));
    CHECK_THAT(refused(R"("rules": [{"name": "a", "reference": "like"}])"),
               Catch::Contains("'like'"));
    CHECK_THAT(refused(R"("csv": {"separator": ";;"})"), Catch::Contains("one character"));
    CHECK_THAT(refused(R"("csv": {"columns": {"date": "D"}})"), Catch::Contains("columns.amount"));
    CHECK_THAT(refused(R"("csv": {"columns": {"date": "D", "amount": "A", "credit": "C"}})"),
               Catch::Contains("credit"));
    CHECK_FALSE(parse_rules(R"({"format": "daybook-rules-2"})", kEuro));
    CHECK_FALSE(parse_rules("[]", kEuro));
}

}  // namespace daybook::reconcile
