// The scenario language and its runner themselves: a runner that never fails proves nothing.
#include "tests/scenarios/runner.h"

#include <catch2/catch.hpp>

#include "tests/scenarios/book_backend.h"
#include "tests/scenarios/scenario.h"
#include "tests/scenarios/words.h"

namespace daybook::scenarios {

namespace {

constexpr auto kStart =
    "asset USD 2 -> accepted\n"
    "account cash USD asset -> accepted\n"
    "account alice USD liability min 0 -> accepted\n"
    "transfer k1 debit cash credit alice 100 -> accepted\n";

std::string failure_of(const std::string& text) {
    const auto scenario = parse_scenario("test", text);
    if (!scenario) return scenario.error();
    BookBackend ledger;
    return run(*scenario, ledger).failure.value_or("");
}

// Forgets its keys, so it decides every repeat anew.
class Forgetful final : public Ledger {
public:
    schema::Receipt execute(const Command& command) override {
        auto receipt = book_.execute(command);
        receipt.is_replay = false;
        return receipt;
    }
    schema::Receipt dry_run(const Command& command) override { return book_.dry_run(command); }
    void set_clock(Stamp now, std::uint64_t expiries) override { book_.set_clock(now, expiries); }
    schema::Receipt outcome(const Id128& key) override { return book_.outcome(key); }
    std::optional<AccountView> account(std::string_view code) override {
        auto view = book_.account(code);
        if (view && is_skewed) view->totals.posted_debits = Amount{0, 7};
        return view;
    }
    Seq head() override { return book_.head(); }
    bool is_skewed = false;

private:
    BookBackend book_;
};

}  // namespace

TEST_CASE("a line splits into words texts and a comment", "[scenarios][language]") {
    const auto words = split_words(R"(entry k1  debit #7 5 reference "a \"b\" \x41\\" # "why)");
    REQUIRE(words);
    CHECK(*words ==
          std::vector<std::string>{"entry", "k1", "debit", "#7", "5", "reference", "a \"b\" A\\"});
    CHECK(split_words("# all of it")->empty());
    CHECK(split_words(" \t\r")->empty());
    for (const auto* bad : {R"("open)", R"("\q")", R"("\x4)", R"("\xzz")"}) {
        CHECK_FALSE(split_words(bad));
    }
}

TEST_CASE("a key is its text padded with zeros", "[scenarios][language]") {
    CHECK(to_hex(key_from("k1")->bytes) == "6b310000000000000000000000000000");
    CHECK(key_from("none")->is_none());
    CHECK(key_from("0123456789abcdef"));
    CHECK_FALSE(key_from("0123456789abcdefg"));
    CHECK_FALSE(key_from(""));
}

TEST_CASE("a line that cannot be read names itself", "[scenarios][language]") {
    const auto* const line = GENERATE(
        "asset USD -> accepted", "asset USD two -> accepted", "asset USD 2", "asset USD 2 ->",
        "asset USD 2 -> fine", "asset USD 2 -> rejected", "asset USD 2 -> rejected no_such_code",
        "asset USD 2 -> accepted 5", "asset USD 2 -> accepted @x", "asset USD 2 extra -> accepted",
        "frobnicate k1 -> accepted", "again k9 -> replayed accepted", "head", "head 1 -> accepted",
        "trial-balance", "balance alice posted", "balance alice colour 3",
        "transfer k1 debit a credit b -> accepted", "transfer k1 credit a debit b 1 -> accepted",
        "entry k1 debit a -> accepted", "void -> rejected voided",
        "entry k1 debit #x 1 -> accepted", "account a USD asset min -> accepted",
        "transfer k1 debit a credit b 1 tag 5 -> accepted");
    CAPTURE(line);
    const auto scenario = parse_scenario("test", std::string{"\n"} + line);
    REQUIRE_FALSE(scenario);
    CHECK(scenario.error().starts_with("test:2: "));
}

TEST_CASE("a line whose outcome is another fails the scenario", "[scenarios][language]") {
    CHECK(failure_of(kStart).empty());
    const auto* const line = GENERATE(
        "asset EUR 2 -> rejected asset_exists", "asset USD 2 -> accepted",
        "asset USD 2 -> rejected account_exists", "asset EUR 2 -> accepted @6",
        "asset EUR 2 -> accepted number 3", "asset EUR 2 -> accepted available 0",
        "again k1 -> accepted", "again k1 -> replayed accepted @3", "outcome k1 -> not_seen",
        "outcome k2 -> not_seen @5", "head 5", "balance alice none", "balance bob posted 0",
        "balance alice posted 1", "balance alice available 1", "balance alice debits 1",
        "balance alice credits 1", "balance alice version 2",
        "transfer k2 debit alice credit cash 101 -> rejected insufficient_funds available 99",
        "transfer k2 debit alice credit cash 101 -> rejected insufficient_funds bound 1",
        "transfer k2 debit alice credit nobody 1 -> rejected account_not_found");
    CAPTURE(line);
    CHECK(failure_of(std::string{kStart} + line).starts_with("test:5: "));
}

TEST_CASE("the runner sees what the lines do not say", "[scenarios][language]") {
    const auto fails = [](const char* line, bool is_skewed) {
        Forgetful ledger;
        ledger.is_skewed = is_skewed;
        return run(*parse_scenario("test", std::string{kStart} + line), ledger)
            .failure.value_or("");
    };
    CHECK(fails("again k1 -> accepted", false).find("the seq does not follow") !=
          std::string::npos);
    CHECK(fails("trial-balance zero", true).find("debits and credits of USD differ") !=
          std::string::npos);
    CHECK(fails("trial-balance zero", false).empty());
}

}  // namespace daybook::scenarios
