#include "http/names.h"

#include <string>

#include <catch2/catch.hpp>

using namespace daybook;
using namespace daybook::http;

namespace {

Name named(std::uint64_t number) {
    return {"users:" + std::to_string(number), "USD", 2, AccountType::asset};
}

std::vector<AccountNumber> numbers_up_to(std::uint64_t last) {
    std::vector<AccountNumber> numbers;
    for (std::uint64_t number = 1; number <= last; ++number)
        numbers.emplace_back(number);
    return numbers;
}

}  // namespace

TEST_CASE("names that were learned stay, however many others come after") {
    Names names{4};
    for (std::uint64_t number = 1; number <= 2; ++number)
        names.add(AccountNumber{number}, named(number));
    const auto known = names.known(numbers_up_to(2));
    REQUIRE(known);
    for (std::uint64_t number = 3; number <= 100; ++number)
        names.add(AccountNumber{number}, named(number));
    CHECK_FALSE(names.known(numbers_up_to(2)));
    CHECK(known->at(AccountNumber{1}).code == "users:1");
    CHECK(known->at(AccountNumber{2}).type == AccountType::asset);
    CHECK(known->find(AccountNumber{3}) == nullptr);
}

TEST_CASE("what is used is kept when others are forgotten") {
    Names names{4};
    names.add(AccountNumber{1}, named(1));
    for (std::uint64_t number = 2; number <= 100; ++number) {
        names.add(AccountNumber{number}, named(number));
        REQUIRE(names.known(numbers_up_to(1)));
    }
    CHECK_FALSE(names.known({AccountNumber{50}}));
    CHECK(names.known({AccountNumber{100}}));
}

TEST_CASE("of several names all are known, or none") {
    Names names;
    names.add(AccountNumber{1}, named(1));
    CHECK(names.known({AccountNumber{1}, AccountNumber{}}));
    CHECK_FALSE(names.known({AccountNumber{1}, AccountNumber{2}}));
}
