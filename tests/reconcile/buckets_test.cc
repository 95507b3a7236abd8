#include <utility>

#include <catch2/catch.hpp>

#include "reconcile/report.h"
#include "tests/reconcile/lines.h"

namespace daybook::reconcile {

namespace {

Rules with(DayGroups groups) {
    Rules rules;
    rules.group_same_day = groups;
    return rules;
}

}  // namespace

TEST_CASE("lines are the same by day, amount and reference, where both state one", "[reconcile]") {
    CHECK(told(compare({line(5, 100, "A")}, {line(5, 100, "A")})) == "matched_exactly 1=1");
    CHECK(told(compare({line(5, 100, "A")}, {line(5, 100)})) == "matched_exactly 1=1");
    CHECK(told(compare({line(5, 100)}, {line(5, 100, "B")})) == "matched_exactly 1=1");
    CHECK(told(compare({line(5, 100, "A")}, {line(5, 100, "B")})) ==
          "missing_in_ledger =1; missing_in_statement 1=");
    // The one that names it comes before the one that names nothing.
    CHECK(
        told(compare({line(5, 100, "A"), line(5, 100, "B")}, {line(5, 100), line(5, 100, "A")})) ==
        "matched_exactly 1=2; matched_exactly 2=1");
}

TEST_CASE("equal lines on one day are as many matches, and only the surplus is a duplicate",
          "[reconcile]") {
    const auto equal =
        compare({line(5, 100, "A"), line(5, 100, "A")}, {line(5, 100, "A"), line(5, 100, "A")});
    CHECK(told(equal) == "matched_exactly 1=1; matched_exactly 2=2");
    CHECK(equal.is_clean());
    CHECK(equal.ledger_totals.equal_lines == 2);
    CHECK(told(compare({line(5, 100, "A"), line(5, 100, "A")}, {line(5, 100, "A")})) ==
          "matched_exactly 1=1; duplicate 2=");
    CHECK(told(compare({line(5, 100)}, {line(5, 100), line(5, 100), line(5, 100)})) ==
          "matched_exactly 1=1; duplicate =2; duplicate =3");
    // Without one that is matched nothing says which of them is the right one.
    CHECK(told(compare({}, {line(5, 100), line(5, 100)})) ==
          "missing_in_ledger =1; missing_in_ledger =2");
}

TEST_CASE("what shares a reference and differs says in what", "[reconcile]") {
    CHECK(told(compare({line(5, 100, "A")}, {line(5, 90, "A")})) ==
          "amount_differs 1=1 by reference");
    CHECK(told(compare({line(5, 100, "A")}, {line(20, 100, "A")})) ==
          "date_differs 1=1 by reference");
    CHECK(told(compare({line(5, 100, "A")}, {line(6, -100, "A")})) ==
          "side_differs 1=1 by reference");
    const auto differs = compare({line(5, 100, "A")}, {line(5, 60, "A"), line(6, 30, "A")});
    CHECK(told(differs) == "amount_differs 1=1+2 by reference");
    CHECK(differs.bucket(Bucket::amount_differs).difference() == 10);
    // Several and several: nobody can tell which is which.
    CHECK(differs.breaks() == 1);
    CHECK(
        told(compare({line(5, 10, "A"), line(6, 20, "A")}, {line(5, 11, "A"), line(6, 22, "A")})) ==
        "missing_in_ledger =1; missing_in_ledger =2; missing_in_statement 1=; "
        "missing_in_statement 2=");
}

TEST_CASE("without a reference a day may be off by some days, a side on the same day",
          "[reconcile]") {
    CHECK(told(compare({line(5, 100)}, {line(15, 100)})) == "date_differs 1=1");
    CHECK(told(compare({line(5, 100)}, {line(16, 100)})) ==
          "missing_in_ledger =1; missing_in_statement 1=");
    CHECK(told(compare({line(5, 100)}, {line(5, -100)})) == "side_differs 1=1");
    CHECK(told(compare({line(5, 100)}, {line(6, -100)})) ==
          "missing_in_ledger =1; missing_in_statement 1=");
    // The nearest day first, whatever the order of the lines.
    CHECK(told(compare({line(5, 100), line(9, 100)}, {line(10, 100), line(12, 100)})) ==
          "date_differs 1=2; date_differs 2=1");
}

TEST_CASE("several lines that add up to one are a group", "[reconcile]") {
    CHECK(told(compare({line(5, 70, "A"), line(6, 30, "A")}, {line(9, 100, "A")})) ==
          "grouped 1+2=1 by reference");
    CHECK(told(compare({line(9, 100, "A")}, {line(5, 70, "A"), line(6, 30, "A")})) ==
          "grouped 1=1+2 by reference");
    const auto any = with(DayGroups::any);
    CHECK(told(compare({line(5, 70, "A"), line(5, 30, "B"), line(5, 7, "C")}, {line(5, 100)},
                       any)) == "grouped 1+2=1 by same day; missing_in_statement 3=");
}

TEST_CASE("lines that have nothing in common are no group because they add up", "[reconcile]") {
    // Two payments that never came, and a fee that nobody posted.
    const auto fee = compare({line(5, 10'000, "A"), line(5, 20'000, "B")}, {line(5, 30'000)});
    CHECK(told(fee) == "missing_in_ledger =1; missing_in_statement 1=; missing_in_statement 2=");
    CHECK(fee.breaks() == 3);
    CHECK_FALSE(fee.is_clean());
    // Different references, whatever the counterpart; none, and different or no counterparts.
    for (const auto& [first, second] :
         {std::pair{line(5, 70, "A", "", "users:x"), line(5, 30, "B", "", "users:x")},
          std::pair{line(5, 70, "", "", "users:x"), line(5, 30, "", "", "users:y")},
          std::pair{line(5, 70), line(5, 30)}}) {
        CHECK(compare({first, second}, {line(5, 100)}).bucket(Bucket::grouped).matches == 0);
        CHECK(compare({line(5, 100)}, {first, second}).bucket(Bucket::grouped).matches == 0);
    }
}

TEST_CASE(
    "all of a day that state the same reference, or none and the same counterpart, are a group",
    "[reconcile]") {
    const auto of_x = [](int of_march, Int128 amount) {
        return line(of_march, amount, "", "", "users:x");
    };
    CHECK(told(compare({line(5, 70, "A"), line(5, 30, "A"), line(5, 7, "B")}, {line(5, 100)})) ==
          "grouped 1+2=1 by same day; missing_in_statement 3=");
    CHECK(told(compare({line(5, 100, "A")}, {of_x(5, 70), of_x(5, 30)})) ==
          "grouped 1=1+2 by same day");
    // All of them, on the day, of the side, and nothing that contradicts.
    const auto groups = [](std::vector<Line> ledger, std::vector<Line> statement,
                           const Rules& rules = {}) {
        return compare(std::move(ledger), std::move(statement), rules)
            .bucket(Bucket::grouped)
            .matches;
    };
    CHECK(groups({of_x(5, 70), of_x(5, 30), of_x(5, 7)}, {line(5, 100)}) == 0);
    CHECK(groups({of_x(5, 70), of_x(6, 30)}, {line(5, 100)}) == 0);
    CHECK(groups({of_x(5, 130), of_x(5, -30)}, {line(5, 100)}) == 0);
    CHECK(groups({line(5, 70, "A"), line(5, 30, "A")}, {line(5, 100, "B")}) == 0);
    CHECK(groups({of_x(5, 70), of_x(5, 30)}, {line(5, 100)}, with(DayGroups::none)) == 0);
    // Two sets that may both be meant are none.
    const auto either =
        compare({of_x(5, 70), of_x(5, 30), line(5, 60, "A"), line(5, 40, "A")}, {line(5, 100)});
    CHECK(either.bucket(Bucket::grouped).matches == 0);
    CHECK(either.searches.ambiguous == 1);
}

TEST_CASE("what is far from the period is only added up", "[reconcile]") {
    LedgerSide side;
    const Period march{day("2025-03-01"), day("2025-04-01")};
    const Period near = near_of(march, {});
    for (const int of_march : {-400, -3, -2, 0, 1, 31, 32, 34, 35, 400})
        REQUIRE(add_line(side, line(of_march, 100), near));
    CHECK(side.lines.size() == 6);
    CHECK(side.before == Sum{2, 200});
    CHECK(side.after == Sum{2, 200});
    CHECK_FALSE(add_line(side, line(-400, kLineAmountMax + 1), near));
    const auto result =
        compare({line(-400, 500), line(0, 7), line(5, 100), line(40, 9)}, {line(5, 100)}, {}, 507);
    CHECK(result.ledger_totals.before == Sum{2, 507});
    CHECK(result.ledger_totals.after == Sum{1, 9});
    CHECK(result.ledger.lines.size() == 2);
}

TEST_CASE("a group is taken only when there is one way to add up", "[reconcile]") {
    const auto any = with(DayGroups::any);
    const auto either = compare({line(5, 70, "A"), line(5, 30, "B"), line(5, 60), line(5, 40)},
                                {line(5, 100)}, any);
    CHECK(either.bucket(Bucket::grouped).matches == 0);
    CHECK(either.searches.ambiguous == 1);
    // Lines of the same amount are the same way.
    CHECK(told(compare({line(5, 50, "A"), line(5, 50, "B"), line(5, 50, "C")}, {line(5, 100)},
                       any)) == "grouped 1+2=1 by same day; missing_in_statement 3=");
    // Among many lines chance finds sums: without a rule nothing is tried.
    std::vector<Line> many;
    for (int i = 0; i < 13; ++i)
        many.push_back(line(5, 1 << i, "A" + std::to_string(i)));
    const auto given_up = compare(many, {line(5, 3)}, any);
    CHECK(given_up.bucket(Bucket::grouped).matches == 0);
    CHECK(given_up.searches.given_up == 1);
}

TEST_CASE("what crosses the period's end is expected, and what came before is recognised",
          "[reconcile]") {
    CHECK(told(compare({line(29, 100, "A")}, {})) == "timing 1=");
    CHECK(told(compare({line(28, 100, "A")}, {})) == "missing_in_statement 1=");
    // The statement goes on far enough, and it has not come.
    CHECK(told(compare({line(30, 100, "A")}, {line(34, 7)})) == "missing_in_statement 1=");
    CHECK(told(compare({line(30, 100, "A")}, {line(32, 100, "A")})) == "timing 1=1");
    // The ledger knows the days after; there it is, or it is missing.
    CHECK(told(compare({line(32, 100, "A")}, {line(31, 100, "A")})) == "timing 1=1");
    CHECK(told(compare({}, {line(31, 100, "A")})) == "missing_in_ledger =1");
    // Of February, on the way since.
    const auto cleared = compare({line(0, 100, "A")}, {line(2, 100, "A")});
    CHECK(told(cleared) == "timing 1=1");
    CHECK(cleared.is_clean());
    CHECK_FALSE(cleared.is_open(cleared.matches.front()));
    const auto on_its_way = compare({line(31, 100, "A")}, {line(32, 100, "A")});
    CHECK(on_its_way.is_clean());
    CHECK(on_its_way.is_open(on_its_way.matches.front()));
    CHECK(on_its_way.ageing.front().ledger == Sum{1, 100});
    // What both have before the period explains nothing in it.
    CHECK(told(compare({line(0, 100, "A")}, {line(0, 100, "A"), line(2, 100, "A")})) ==
          "missing_in_ledger =2");
}

TEST_CASE("an opening difference that no line clears is a finding", "[reconcile]") {
    const auto same = compare({line(-20, 500), line(5, 100)}, {line(5, 100)}, {}, 500);
    CHECK(same.is_clean());
    const auto other = compare({line(-20, 500), line(5, 100)}, {line(5, 100)}, {}, 400);
    CHECK(other.breaks() == 0);
    CHECK(other.opening_open() == 100);
    CHECK_FALSE(other.is_clean());
    // Cleared twice: the February line had been on February's statement.
    const auto twice = compare({line(0, 100)}, {line(2, 100)}, {}, 100);
    CHECK(told(twice) == "timing 1=1");
    CHECK(twice.opening_open() == -100);
    CHECK_FALSE(twice.is_clean());
}

TEST_CASE("what the ledger took back itself needs no line of the statement", "[reconcile]") {
    CHECK(told(compare({line(5, 100, "A"), reversal(7, -100, 1)}, {})) ==
          "matched_by_rule 1+2= by reversal");
    CHECK(told(compare({line(5, 100, "A"), reversal(7, -60, 1), reversal(8, -40, 1)}, {})) ==
          "matched_by_rule 1+2+3= by reversal");
    // In part only: what is left is still open.
    CHECK(compare({line(5, 100, "A"), reversal(7, -60, 1)}, {}).breaks() == 2);
    // The bank has both: money came and went.
    CHECK(told(compare({line(5, 100, "A"), reversal(7, -100, 1)}, {line(5, 100), line(7, -100)})) ==
          "matched_exactly 1=1; matched_exactly 2=2");
    // Posted twice; whichever of the two is taken back, the other one is the bank's.
    for (const std::uint64_t seq : {1U, 2U}) {
        CHECK(told(compare({line(5, 100, "A"), line(5, 100, "A"), reversal(5, -100, seq)},
                           {line(5, 100, "A")})) ==
              "matched_exactly 1=1; matched_by_rule 2+3= by reversal");
    }
    // Taken back in the next period: until then it is open.
    CHECK(compare({line(5, 100, "A"), reversal(40, -100, 1)}, {}).breaks() == 1);
    CHECK(compare({line(-20, 100, "A"), reversal(5, -100, 1)}, {}, {}, 100).breaks() == 1);
}

TEST_CASE("the bridge leads from one closing balance to the other", "[reconcile][I19]") {
    const auto result = compare({line(-9, 1000), line(5, 100, "A"), line(6, 50)},
                                {line(5, 90, "A"), line(7, -3)}, {}, 980);
    const auto bridge = bridge_of(result);
    Int128 sum = 0;
    for (std::size_t i = 0; i + 1 < bridge.size(); ++i)
        sum += bridge[i].amount.minor_units();
    CHECK(sum == bridge.back().amount.minor_units());
    CHECK(bridge.front().amount == SignedAmount{1150});
    CHECK(bridge.back().amount == SignedAmount{1067});
}

}  // namespace daybook::reconcile
