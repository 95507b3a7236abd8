#include "tests/scenarios/book_backend.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "tests/scenarios/scenario.h"

namespace daybook::scenarios {

TEST_CASE("every scenario holds on the book in memory", "[scenarios][book]") {
    const auto files = scenario_files(DAYBOOK_SCENARIOS);
    REQUIRE(files.size() >= 10);
    for (const auto& file : files) {
        DYNAMIC_SECTION(file.filename().string()) {
            const auto scenario = read_scenario(file);
            if (!scenario) FAIL(scenario.error());
            BookBackend ledger;
            const auto result = run(*scenario, ledger);
            if (result.failure) FAIL(*result.failure);
        }
    }
}

TEST_CASE("every rejection occurs in a scenario", "[scenarios][book]") {
    std::set<std::uint16_t> seen;
    for (const auto& file : scenario_files(DAYBOOK_SCENARIOS)) {
        const auto scenario = read_scenario(file);
        if (!scenario) FAIL(scenario.error());
        BookBackend ledger;
        seen.merge(run(*scenario, ledger).codes_seen);
    }
    for (std::uint16_t code = 1; code <= code_of(kRejectionLast); ++code) {
        CAPTURE(name_of_code(code));
        CHECK(seen.contains(code));
    }
    CHECK(seen.contains(code_of(Refusal::idempotency_key_reused)));
}

TEST_CASE("every rejection stands in the documented table, with its number and a remedy",
          "[scenarios][documents]") {
    std::ifstream document{DAYBOOK_REJECTIONS};
    REQUIRE(document);
    std::uint16_t next = 1;
    for (std::string line; std::getline(document, line);) {
        const std::string row = "| " + std::to_string(next) + " | `";
        if (!line.starts_with(row)) continue;
        const std::string name{name_of_code(next)};
        CHECK(line.substr(row.size(), name.size() + 3) == name + "` |");
        CHECK(std::ranges::count(line, '|') == 5);
        CHECK_FALSE(line.contains("|  |"));
        ++next;
    }
    CHECK(next == code_of(kRejectionLast) + 1);
}

}  // namespace daybook::scenarios
