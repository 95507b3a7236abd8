#include <catch2/catch.hpp>

#include "tests/scenarios/journal_backend.h"
#include "tests/scenarios/scenario.h"
#include "tests/scenarios/zeromq_backend.h"

namespace daybook::scenarios {

namespace {

template <typename Backend>
void run_all() {
    for (const auto& file : scenario_files(DAYBOOK_SCENARIOS)) {
        DYNAMIC_SECTION(file.filename().string()) {
            const auto scenario = read_scenario(file);
            if (!scenario) FAIL(scenario.error());
            Backend ledger;
            const auto result = run(*scenario, ledger);
            if (result.failure) FAIL(*result.failure);
        }
    }
}

}  // namespace

TEST_CASE("every scenario holds through a journal reopened after every line",
          "[scenarios][journal][I1][I7]") {
    run_all<JournalBackend>();
}

TEST_CASE("every scenario holds end to end over ZeroMQ", "[scenarios][sequencer][I1][I6]") {
    run_all<ZeromqBackend>();
}

}  // namespace daybook::scenarios
