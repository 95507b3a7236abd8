#include "json/line.h"

#include <limits>

#include <catch2/catch.hpp>

namespace daybook::json {

TEST_CASE("text is escaped as JSON wants it and otherwise left alone", "[json]") {
    Line line;
    line.begin_object()
        .text("a\"b", "quote \" backslash \\ tab \t nul " + std::string(1, '\0'))
        .end_object();
    CHECK(line.str() == R"({"a\"b":"quote \" backslash \\ tab \u0009 nul \u0000"})");
    line.clear();
    line.begin_array().text("žluťoučký kůň").text("").end_array();
    CHECK(line.str() == R"(["žluťoučký kůň",""])");
}

TEST_CASE("numbers that may pass 2^53 are strings", "[json]") {
    Line line;
    line.begin_object()
        .big("big", std::numeric_limits<std::uint64_t>::max())
        .signed_big("signed", std::numeric_limits<std::int64_t>::min())
        .amount("amount", Amount{~std::uint64_t{0}, ~std::uint64_t{0}})
        .amount("small_amount", Amount{0, 7})
        .amount("balance", SignedAmount{Int128{-1}})
        .small("small", 4'294'967'295)
        .boolean("flag", true)
        .end_object();
    CHECK(line.str() == R"({"big":"18446744073709551615","signed":"-9223372036854775808",)"
                        R"("amount":"340282366920938463463374607431768211455","small_amount":"7",)"
                        R"("balance":"-1","small":4294967295,"flag":true})");
}

TEST_CASE("members and elements are separated by commas at every depth", "[json]") {
    Line line;
    line.begin_object().begin_array("list").begin_object().end_object().begin_object().big("x", 1);
    line.end_object().end_array().json("ready", "{\"y\":[]}").begin_object("empty").end_object();
    line.end_object();
    CHECK(line.str() == R"({"list":[{},{"x":"1"}],"ready":{"y":[]},"empty":{}})");
}

}  // namespace daybook::json
