#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "export/csv_cell.h"
#include "export/csv_row.h"
#include "export/ledger_text.h"
#include "export/text.h"

using namespace daybook;
using namespace daybook::exports;

namespace {

std::string cell_of(std::string_view text) {
    std::string out;
    append_cell(out, text);
    return out;
}

}  // namespace

TEST_CASE("a cell that a spreadsheet would run is escaped, and every text comes back", "[export]") {
    CHECK(cell_of("=1+1") == "'=1+1");
    CHECK(cell_of("-5") == "'-5");
    CHECK(cell_of("@x") == "'@x");
    CHECK(cell_of("+a,b") == "\"'+a,b\"");
    CHECK(cell_of("plain") == "plain");
    for (const std::string text : {"", "=x", "'", "'=x", "''", "a", "say \"so\", twice", "\"", ",",
                                   "+1\"", "ünï,code", "-"}) {
        std::vector<std::string> cells;
        REQUIRE(split_row("before," + cell_of(text) + ",after\r", cells));
        REQUIRE(cells.size() == 3);
        CHECK(without_escape(cells[1]) == text);
        CHECK(cells[2] == "after");
    }
}

TEST_CASE("a row with a quote in the wrong place is none", "[export]") {
    std::vector<std::string> cells;
    for (const std::string text : {"a\"b\r", "\"a\r", "\"a\"b\r", "a,b", "\"a\"\"\r"}) {
        CHECK_FALSE(split_row(text, cells));
    }
    REQUIRE(split_row("\r", cells));
    CHECK(cells == std::vector<std::string>{""});
    REQUIRE(split_row(",\r", cells));
    CHECK(cells.size() == 2);
}

TEST_CASE("amounts are written with all their digits at every scale", "[export]") {
    const Amount most{~std::uint64_t{0}, ~std::uint64_t{0}};
    for (const Amount amount : {Amount{}, Amount{0, 7}, Amount{0, 100}, Amount{1, 0}, most}) {
        for (unsigned scale = 0; scale <= 18; ++scale) {
            std::string out = "x";
            append_decimal(out, amount, scale);
            CHECK(out == "x" + to_decimal(amount, scale));
        }
    }
    for (const Int128 value : {Int128{0}, Int128{-1}, Int128{-12345}, Int128{99}}) {
        std::string out;
        append_decimal(out, SignedAmount{value}, 3);
        CHECK(out == to_decimal(SignedAmount{value}, 3));
    }
}

TEST_CASE("a day is that of UTC, also before 1970, and the day after it is the next", "[export]") {
    CHECK(day_of(Stamp{1'772'323'200'000'000'000}) == "2026-03-01");
    CHECK(day_of(Stamp{1'772'323'199'999'999'999}) == "2026-02-28");
    CHECK(day_after(Stamp{1'772'323'199'999'999'999}) == "2026-03-01");
    CHECK(day_of(Stamp{-1}) == "1969-12-31");
}
