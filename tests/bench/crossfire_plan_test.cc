#include "bench/crossfire_plan.h"

#include <algorithm>
#include <map>
#include <vector>

#include <catch2/catch.hpp>

namespace daybook::bench {

namespace {

CrossfirePlan small_plan(std::uint64_t seed = 7) {
    return plan_crossfire({.users = 50, .producers = 4, .commands = 20'000, .seed = seed});
}

}  // namespace

TEST_CASE("a seed fixes the plan", "[bench]") {
    CHECK(small_plan().sends == small_plan().sends);
    CHECK(small_plan(8).sends != small_plan().sends);
}

TEST_CASE("a tenth of the commands is sent twice, with the same key, by two producers", "[bench]") {
    const auto plan = small_plan();
    const auto twice = plan.send_count() - plan.command_count;
    CHECK(plan.command_count >= 20'000);
    CHECK(twice > plan.command_count * 9 / 100);
    CHECK(twice < plan.command_count * 11 / 100);
}

TEST_CASE("what stands at the same place of a pair's lists belongs together", "[bench]") {
    const auto plan = small_plan();
    std::map<Play, std::uint64_t> plays;
    for (std::size_t pair = 0; pair < plan.sends.size(); pair += 2) {
        REQUIRE(plan.sends[pair].size() == plan.sends[pair + 1].size());
        for (std::size_t i = 0; i < plan.sends[pair].size(); ++i) {
            const auto& mine = plan.sends[pair][i];
            const auto& theirs = plan.sends[pair + 1][i];
            REQUIRE(mine.play == theirs.play);
            REQUIRE(mine.debit != mine.credit);
            ++plays[mine.play];
            const bool is_same_key = mine.key == theirs.key;
            const bool is_crossed = mine.debit == theirs.credit && mine.credit == theirs.debit;
            switch (mine.play) {
                case Play::crossing:
                    REQUIRE((is_crossed && !is_same_key));
                    break;
                case Play::double_click:
                    REQUIRE(mine == theirs);
                    break;
                case Play::race:
                    REQUIRE((mine.debit == theirs.debit && !is_same_key));
                    break;
                case Play::reused_key:
                    REQUIRE((is_same_key && mine.amount != theirs.amount));
                    break;
            }
        }
    }
    CHECK(plays.size() == 4);
    CHECK(plays[Play::race] == plan.races);
}

TEST_CASE("the keys are dense and the places exist", "[bench]") {
    const auto plan = small_plan();
    std::vector<bool> used(plan.key_count);
    for (const auto& sends : plan.sends) {
        for (const auto& command : sends) {
            used.at(command.key) = true;
            REQUIRE(command.debit < plan.account_count);
            REQUIRE(command.credit < plan.account_count);
        }
    }
    CHECK(std::ranges::count(used, false) == 0);
}

}  // namespace daybook::bench
