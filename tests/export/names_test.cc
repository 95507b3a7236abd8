#include <regex>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "export/beancount_names.h"

using namespace daybook;
using namespace daybook::exports;

namespace {

ChartAccount account(const std::string& code, AccountType type) {
    ChartAccount made;
    made.code = code;
    made.type = type;
    return made;
}

}  // namespace

TEST_CASE("every account has a name that Beancount takes, and no two have the same", "[export]") {
    const std::regex allowed{
        "(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+"};
    BeancountNames names;
    std::set<std::string> seen;
    for (const std::string code :
         {"users:alice", "users:Alice", "Users:alice", "users:a_b", "users:a.b", "users:a-b", "_:x",
          "-:x", ".:x", "X-:x", "9:x", "users:alice-2", "users:Alice-2", "a", "A"}) {
        const auto& name = names.add(account(code, AccountType::liability));
        CHECK(std::regex_match(name, allowed));
        CHECK(seen.insert(name).second);
    }
    CHECK(names.of(AccountNumber{1}) == "Liabilities:Users:Alice");
    const auto& other = names.add(account("users:alice2", AccountType::asset));
    CHECK(other == "Assets:Users:Alice2");
}

TEST_CASE("every asset has a name that Beancount takes, and no two have the same", "[export]") {
    const std::regex allowed{"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]"};
    BeancountNames names;
    std::set<std::string> seen;
    for (const std::string code : {"USD", "X", "XX", "1INCH", "X1INCH", "USD.", "USD_", "USD.X",
                                   "9", ".", "_", "0123456789ABCDEF", "A.B"}) {
        const auto& name = names.add(ChartAsset{code, 2});
        CHECK(std::regex_match(name, allowed));
        CHECK(seen.insert(name).second);
    }
    CHECK(names.of(AssetNumber{1}) == "USD");
}
