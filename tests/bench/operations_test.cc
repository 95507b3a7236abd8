#include "bench/postgres/operations.h"

#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include <catch2/catch.hpp>

#include "bench/server.h"

namespace daybook::bench {

namespace {

Plan plan_of(Shape shape, std::uint64_t seed = 7) {
    return {.shape = shape, .seed = seed, .accounts = 100, .count = 50'000};
}

}  // namespace

TEST_CASE("a seed fixes the operations, bytes and all", "[bench]") {
    const auto directory = TemporaryDirectory::create(std::filesystem::temp_directory_path());
    REQUIRE(directory);
    const auto file = directory->path() / "operations";
    const auto made = Operations::make(plan_of(Shape::graph));
    REQUIRE(made.write(file));
    const auto read = Operations::read(file);
    REQUIRE(read);
    REQUIRE(read->count() == 50'000);
    CHECK(std::filesystem::file_size(file) == 50'000 * sizeof(Operation));
    const auto again = Operations::make(plan_of(Shape::graph));
    const auto other = Operations::make(plan_of(Shape::graph, 8));
    std::uint64_t same_as_other = 0;
    for (std::uint64_t i = 0; i < read->count(); ++i) {
        REQUIRE(read->at(i) == again.at(i));
        same_as_other += read->at(i) == other.at(i) ? 1U : 0U;
    }
    CHECK(same_as_other == 0);
}

TEST_CASE("one in twenty operations repeats an earlier one, one in fifty is never covered",
          "[bench]") {
    const auto operations = Operations::make(plan_of(Shape::graph));
    std::map<Id128, Operation> seen;
    std::uint64_t replays = 0;
    std::uint64_t never_covered = 0;
    for (std::uint64_t i = 0; i < operations.count(); ++i) {
        const auto operation = operations.at(i);
        CHECK(operation.from != operation.to);
        CHECK(operation.amount > 0);
        never_covered += operation.amount == kNeverCovered ? 1 : 0;
        const auto [found, is_new] = seen.emplace(operation.key, operation);
        CHECK(is_new == (operations.original_of(i) == i));
        if (is_new) continue;
        ++replays;
        CHECK(found->second == operation);
        CHECK(operations.at(operations.original_of(i)) == operation);
    }
    CHECK(replays > 2'300);
    CHECK(replays < 2'700);
    CHECK(never_covered > 850);
    CHECK(never_covered < 1'150);
}

TEST_CASE("behind its end a plan goes on with the same operations under keys of a new lap",
          "[bench]") {
    const auto operations = Operations::make(plan_of(Shape::graph));
    std::set<Id128> keys;
    for (std::uint64_t i = 0; i < operations.count(); ++i)
        keys.insert(operations.at(i).key);
    for (std::uint64_t i = 0; i < operations.count(); ++i) {
        const auto first = operations.at(i);
        const auto next = operations.at(i + operations.count());
        REQUIRE(std::tie(first.from, first.to, first.amount) ==
                std::tie(next.from, next.to, next.amount));
        REQUIRE_FALSE(keys.contains(next.key));
        REQUIRE(operations.original_of(i + operations.count()) ==
                operations.original_of(i) + operations.count());
    }
}

TEST_CASE("the hot account is in every transfer, as payer and as payee", "[bench]") {
    const auto operations = Operations::make(plan_of(Shape::hot));
    std::uint64_t paid = 0;
    for (std::uint64_t i = 0; i < operations.count(); ++i) {
        const auto operation = operations.at(i);
        REQUIRE((operation.from == 0) != (operation.to == 0));
        paid += operation.from == 0 ? 1 : 0;
    }
    CHECK(paid > 24'000);
    CHECK(paid < 26'000);
}

TEST_CASE("two operations in a row fight for all that an account has", "[bench]") {
    Plan plan = plan_of(Shape::duel);
    plan.amount_max = 100;
    plan.replays_per_mille = 0;
    plan.declines_per_mille = 0;
    const auto operations = Operations::make(plan);
    for (std::uint64_t i = 0; i < 100; i += 2) {
        const auto one = operations.at(i);
        const auto two = operations.at(i + 1);
        CHECK(one.key != two.key);
        CHECK(std::tie(one.from, one.to, one.amount) == std::tie(two.from, two.to, two.amount));
        CHECK(one.from == i / 2);
        CHECK(one.amount == 100);
    }
}

}  // namespace daybook::bench
