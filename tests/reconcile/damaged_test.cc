// Statements and rules with bytes changed, cut and repeated at random: they are refused or read,
// and nothing else happens. With the sanitizers this is what reads the bytes nobody meant.
#include <random>

#include <catch2/catch.hpp>

#include "reconcile/camt053.h"
#include "reconcile/csv_statement.h"
#include "tests/reconcile/lines.h"

namespace daybook::reconcile {

namespace {

constexpr std::string_view kCsv =
    "date,amount,balance,currency,reference,description\n"
    "2025-03-01,100.00,100.00,EUR,A,\"one, and\nmore\"\n"
    "2025-03-02,-20.50,79.50,EUR,B,\"say \"\"hi\"\"\"\n"
    "2025-03-03,0.01,79.51,EUR,,\n";
constexpr std::string_view kCamt =
    R"(<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">)"
    R"(<BkToCstmrStmt><Stmt><Acct><Ccy>EUR</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd>)"
    R"(</CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal><Bal><Tp>)"
    R"(<CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">6.00</Amt><CdtDbtInd>CRDT)"
    R"(</CdtDbtInd></Bal><Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK)"
    R"(</Sts><BookgDt><Dt>2025-03-04</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>)";
constexpr std::string_view kRules =
    R"({"format": "daybook-rules-1", "timing_days": 3, "csv": {"separator": ";", "date_format": )"
    R"("DD.MM.YYYY", "columns": {"date": "D", "amount": "A"}}, "rules": [{"name": "a", "days": 2, )"
    R"("amount_within": "0.05"}, {"name": "b", "many": "ledger", "ledger": {"increases": true}}]})";

class Damage {
public:
    std::string of(std::string_view text) {
        std::string damaged{text};
        for (auto times = draw(4) + 1; times > 0; --times) {
            const auto at = draw(damaged.size());
            switch (draw(4)) {
                case 0:
                    damaged[at] = static_cast<char>(draw(256));
                    break;
                case 1:
                    damaged.erase(at, draw(20) + 1);
                    break;
                case 2:
                    damaged.insert(at, damaged.substr(draw(damaged.size()), draw(60)));
                    break;
                default:
                    damaged.insert(at, 1, "0-<>,\"\n;&"[draw(9)]);
            }
            if (damaged.empty()) damaged = "x";
        }
        return damaged;
    }

private:
    std::size_t draw(std::size_t below) { return random_() % below; }

    std::mt19937_64 random_{7};  // NOLINT: the same bytes every time
};

}  // namespace

TEST_CASE("no bytes make a reader do anything but read or refuse", "[reconcile]") {
    constexpr int kTimes = 20'000;
    Damage damage;
    std::size_t refused = 0;
    for (int i = 0; i < kTimes; ++i) {
        const auto csv = read_csv_statement(damage.of(kCsv), {}, kEuro, {});
        if (csv) CHECK(check_sum(*csv, kEuro));
        const auto camt = read_camt053(damage.of(kCamt), kEuro);
        const auto rules = parse_rules(damage.of(kRules), kEuro);
        for (const auto* error : {csv ? nullptr : &csv.error(), camt ? nullptr : &camt.error(),
                                  rules ? nullptr : &rules.error()}) {
            if (error == nullptr) continue;
            ++refused;
            if (error->code != ErrorCode::bad_input || error->detail.empty()) FAIL(error->detail);
        }
    }
    // Most of what is changed is seen; a text may have any letters.
    CHECK(refused > kTimes);
    REQUIRE(read_csv_statement(kCsv, {}, kEuro, {}));
    REQUIRE(read_camt053(kCamt, kEuro));
    REQUIRE(parse_rules(kRules, kEuro));
}

}  // namespace daybook::reconcile
