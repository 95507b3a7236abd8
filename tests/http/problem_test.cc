#include "http/problem.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "json/value.h"

namespace daybook::http {

namespace {

std::string member(const Answer& answer, std::string_view name) {
    const auto body = json::parse(answer.body);
    REQUIRE(body);
    const auto* value = body->find(name);
    return value == nullptr ? "" : value->text;
}

}  // namespace

TEST_CASE("every code of the ledger has its status and its retry", "[http][problem]") {
    for (std::uint16_t code = 1; code < 3000; ++code) {
        if (name_of_code(code).empty()) continue;
        const auto answer = Problem{code}.answer();
        INFO(name_of_code(code));
        CHECK(member(answer, "code") == name_of_code(code));
        CHECK(member(answer, "status") == std::to_string(answer.status));
        CHECK(answer.status != 500);
        const auto retry = member(answer, "retry");
        if (code < 1000) {
            CHECK(answer.status == (code == code_of(Rejection::precondition_failed) ? 412U : 422U));
            CHECK(retry == "new_key");
        } else if (code > 2000 && code != code_of(Malformation::producer)) {
            CHECK((answer.status == 400 || answer.status == 413));
            CHECK(retry == "never");
        }
        // Nothing permanent is a 409.
        if (answer.status == 409) CHECK(retry == "after");
    }
}

TEST_CASE("what may succeed later says when", "[http][problem]") {
    for (const auto* code : {"overloaded", "in_flight", "stopping", "not_reached",
                             "sequencer_unavailable", "too_many_waiting"}) {
        const auto answer = Problem{code}.answer();
        INFO(code);
        CHECK(member(answer, "retry") == "after");
        const auto has = std::ranges::any_of(
            answer.fields, [](const auto& field) { return field.first == "Retry-After"; });
        CHECK(has);
    }
}

TEST_CASE("a code that nobody knows is our bug and shows nothing", "[http][problem]") {
    const auto answer = Problem{"no_such_code", ""}.answer();
    CHECK(answer.status == 500);
    CHECK(member(answer, "code") == "internal");
}

TEST_CASE("facts of the case stand beside the rest", "[http][problem]") {
    const auto answer = Problem{"insufficient_funds"}
                            .with_seq(Seq{12})
                            .with([](json::Line& line) { line.amount("available", Amount{5}); })
                            .answer();
    CHECK(member(answer, "seq") == "12");
    CHECK(member(answer, "available") == "5");
    CHECK(member(answer, "type") == "urn:daybook:problem:insufficient_funds");
    CHECK(member(answer, "title") == "Insufficient funds");
    CHECK(answer.seq == Seq{12});
}

TEST_CASE("each wrong field is named by its pointer", "[http][problem]") {
    const auto answer =
        bad_fields({{"a.b", "/a/b", "is missing"}, {"c", "/c~1d", "is odd"}}).answer();
    const auto body = json::parse(answer.body);
    REQUIRE(body);
    const auto* errors = body->find("errors");
    REQUIRE(errors != nullptr);
    REQUIRE(errors->items.size() == 2);
    CHECK(errors->items[1].find("pointer")->text == "/c~1d");
}

}  // namespace daybook::http
