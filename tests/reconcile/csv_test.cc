#include "reconcile/csv.h"

#include <catch2/catch.hpp>

namespace daybook::reconcile {

namespace {

using Fields = std::vector<std::string>;

std::vector<CsvRecord> records_of(std::string_view text, char separator = ';') {
    std::vector<CsvRecord> records;
    CsvReader reader{text, separator};
    for (;;) {
        auto record = reader.next();
        if (!record) FAIL(record.error().detail);
        if (!*record) return records;
        records.push_back(**std::move(record));
    }
}

Error error_of(std::string_view text) {
    CsvReader reader{text, ';'};
    for (;;) {
        auto record = reader.next();
        if (!record) return record.error();
        if (!*record) FAIL("the text was read without an error");
    }
}

}  // namespace

TEST_CASE("fields are separated, records end with LF, CRLF or the text", "[cli][csv]") {
    const auto records = records_of("a;b\nc;d\r\ne;f");
    REQUIRE(records.size() == 3);
    CHECK(records[0].fields == Fields{"a", "b"});
    CHECK(records[1].fields == Fields{"c", "d"});
    CHECK(records[2].fields == Fields{"e", "f"});
}

TEST_CASE("an empty field is a field, an empty line is nothing", "[cli][csv]") {
    const auto records = records_of("a;;\n\n;\n\"\"\n");
    REQUIRE(records.size() == 3);
    CHECK(records[0].fields == Fields{"a", "", ""});
    CHECK(records[1].fields == Fields{"", ""});
    CHECK(records[2].fields == Fields{""});
    CHECK(records_of("").empty());
}

TEST_CASE("a quoted field may hold separators, quotes and line ends", "[cli][csv]") {
    const auto records = records_of("\"a;b\";\"say \"\"hi\"\"\";\"one\r\ntwo\"\nnext;line;here\n");
    REQUIRE(records.size() == 2);
    CHECK(records[0].fields == Fields{"a;b", "say \"hi\"", "one\r\ntwo"});
    CHECK(records[1].line == 3);
}

TEST_CASE("another separator leaves the semicolon alone", "[cli][csv]") {
    CHECK(records_of("a;b,c\n", ',')[0].fields == Fields{"a;b", "c"});
}

TEST_CASE("what is not CSV is refused with line and column", "[cli][csv]") {
    CHECK(error_of("a;b\nc;\"open").detail == "line 2, column 2: the quoted field does not end");
    CHECK(error_of("a;\"b\"c\n").detail == "line 1, column 2: a closing quote must end the field");
    CHECK(error_of("a;b\"c\n").detail ==
          "line 1, column 2: a quote inside a field that is not quoted");
    CHECK(error_of("a\rb\n").detail == "line 1, column 1: a lone carriage return");
    CHECK(error_of("a\rb\n").code == ErrorCode::bad_input);
}

}  // namespace daybook::reconcile
