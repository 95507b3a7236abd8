#include "tests/scenarios/book_backend.h"

#include <set>

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

}  // namespace daybook::scenarios
