#include <catch2/catch.hpp>

#include "reconcile/camt053.h"
#include "reconcile/csv_statement.h"
#include "tests/reconcile/lines.h"

namespace daybook::reconcile {

namespace {

std::string error_of(const Result<OutsideStatement>& read) {
    return read ? "taken" : read.error().detail;
}

OutsideStatement read(std::string_view text, const CsvMap& map, const StatedBalances& stated = {}) {
    auto statement = read_csv_statement(text, map, kEuro, stated);
    if (!statement) FAIL(statement.error().detail);
    return *std::move(statement);
}

std::string camt(const std::string& content, const std::string& version = "02") {
    return R"(<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.)" +
           version + R"("><BkToCstmrStmt>)" + content + "</BkToCstmrStmt></Document>";
}
std::string money(const std::string& amount, const std::string& side = "CRDT") {
    return R"(<Amt Ccy="EUR">)" + amount + "</Amt><CdtDbtInd>" + side + "</CdtDbtInd>";
}
std::string balance(const std::string& code, const std::string& amount) {
    return "<Bal><Tp><CdOrPrtry><Cd>" + code + "</Cd></CdOrPrtry></Tp>" + money(amount) + "</Bal>";
}

}  // namespace

TEST_CASE("periods and days are read as people write them", "[reconcile]") {
    const auto span = [](std::string_view text) {
        const auto period = parse_period(text);
        return period ? to_string(*period) : "refused";
    };
    CHECK(span("1993") == "1993-01-01..1993-12-31");
    CHECK(span("1993-02") == "1993-02-01..1993-02-28");
    CHECK(span("1992-02-29") == "1992-02-29..1992-02-29");
    CHECK(span("1993-12..1994-01-15") == "1993-12-01..1994-01-15");
    for (const auto* text : {"", "93", "1993-13", "1993-02-30", "1993-1", "1994..1993", "1993-01..",
                             "1993/01", "1993-01-01T00"})
        CHECK(span(text) == "refused");
    const auto form = DayFormat::parse("D.M.YY");
    CHECK_FALSE(form);
    CHECK(DayFormat::parse("DD.MM.YY")->read("31.01.93").value() == day("1993-01-31"));
    CHECK(DayFormat::parse("YYYYMMDD")->read("20250301").value() == day("2025-03-01"));
    CHECK_FALSE(DayFormat::parse("DD.MM.YYYY")->read("31-01-1993"));
    CHECK_FALSE(DayFormat::parse("DD.MM.YYYY")->read("31.01.19935"));
    CHECK_FALSE(DayFormat::parse("DD.MM.YYYY")->read("+1.01.1993"));
}

TEST_CASE("a CSV statement is read by the map of its columns", "[reconcile]") {
    CsvMap map;
    map.separator = ';';
    map.decimal = ',';
    map.thousands = ".";
    map.is_newest_first = true;
    map.skipped_lines = 1;
    map.date = "Tag";
    map.amount = "";
    map.credit = "Haben";
    map.debit = "Soll";
    map.balance = "Saldo";
    const auto statement = read(
        "Konto 17\nTag;Soll;Haben;Saldo\n2025-03-02;1.000,5;;-900,00\n"
        "2025-03-01;;100,50;100,50\n",
        map);
    CHECK(statement.opening == SignedAmount{0});
    CHECK(statement.closing == SignedAmount{-90'000});
    REQUIRE(statement.lines.size() == 2);
    CHECK(statement.lines[0].amount == SignedAmount{10'050});
    CHECK(statement.lines[1].amount == SignedAmount{-100'050});
    CHECK(statement.lines[1].number == 2);
    CHECK(statement.last == day("2025-03-02"));
    CHECK_THAT(
        error_of(read_csv_statement("x\nTag;Soll;Haben;Saldo\n2025-03-02;1;1;1\n", map, kEuro, {})),
        Catch::StartsWith("line 3: either credit or debit"));
}

TEST_CASE("as many lines as there are not can be skipped at once", "[reconcile]") {
    CsvMap map;
    map.skipped_lines = ~std::uint64_t{0} - 1;  // one by one that would take centuries
    CHECK_THAT(error_of(read_csv_statement("Konto 17\n", map, kEuro, {})),
               Catch::Contains("is empty"));
}

TEST_CASE("a text of several lines is one line", "[reconcile]") {
    const auto statement = read("date,amount,description\n2025-03-01,1,\" one,\r\n two\t\"\n", {},
                                {SignedAmount{0}, SignedAmount{100}});
    CHECK(statement.lines.front().description == "one, two");
}

TEST_CASE("a direction, or an inverted map, turns amounts round", "[reconcile]") {
    CsvMap map;
    map.direction = "dc";
    map.increases = "C";
    map.decreases = "D";
    const std::string_view text = "date,amount,dc\n2025-03-01,5,C\n2025-03-01,7,D\n";
    const StatedBalances stated{SignedAmount{0}, SignedAmount{-200}};
    auto statement = read(text, map, stated);
    CHECK(statement.lines[0].amount == SignedAmount{500});
    CHECK(statement.lines[1].amount == SignedAmount{-700});
    CHECK(check_sum(statement, kEuro));
    map.is_inverted = true;
    statement = read(text, map, stated);
    CHECK(statement.lines[0].amount == SignedAmount{-500});
    CHECK_FALSE(check_sum(statement, kEuro));
    CHECK_THAT(error_of(read_csv_statement("date,amount,dc\n2025-03-01,5,X\n", map, kEuro, stated)),
               Catch::Contains("neither 'C' nor 'D'"));
}

TEST_CASE("amounts keep every digit and no other", "[reconcile]") {
    const auto units = [](std::string_view text) {
        const auto amount = parse_money(text, kEuro);
        return amount ? to_string(*amount) : "refused";
    };
    CHECK(units("12.5") == "1250");
    CHECK(units("-0.01") == "-1");
    CHECK(units("+3") == "300");
    CHECK(units("12.5000") == "1250");
    CHECK(units("9999999999999999999999999.99") == "999999999999999999999999999");
    for (const auto* text : {"", "-", "1.234", "1e3", "--1", "1.", ".5", "0x1", "1,5", "NaN",
                             "99999999999999999999999999.99"})
        CHECK(units(text) == "refused");
}

TEST_CASE("statements that follow each other are one", "[reconcile]") {
    const auto part = [](Int128 opening, Int128 amount) {
        return OutsideStatement{SignedAmount{opening}, SignedAmount{opening + amount},
                                {line(5, amount)},     0,
                                day("2025-03-05"),     0};
    };
    const auto joined = join({part(0, 100), part(100, 50)}, kEuro);
    REQUIRE(joined);
    CHECK(joined->closing == SignedAmount{150});
    CHECK(joined->lines.back().number == 2);
    CHECK_FALSE(join({part(0, 100), part(90, 50)}, kEuro));
}

TEST_CASE("a camt.053 is read in its old and new forms", "[reconcile]") {
    const std::string entries =
        "<Ntry>" + money("5.00") +
        "<Sts>BOOK</Sts><BookgDt><Dt>2025-03-04</Dt></BookgDt>"
        "<NtryRef>N1</NtryRef><NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><RmtInf>"
        "<Ustrd>one\n  &amp; two</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        "<Ntry>" +
        money("2.00", "DBIT") +
        "<Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2025-03-05T23:30:00+02:00</DtTm></BookgDt>"
        "<AcctSvcrRef>B2</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId>"
        "</Refs></TxDtls></NtryDtls></Ntry>"
        "<Ntry>" +
        money("3.00") +
        "<Sts><Cd>BOOK</Cd></Sts><ValDt><Dt>2025-03-06</Dt></ValDt><NtryRef>N3</NtryRef><NtryDtls>"
        "<TxDtls><Refs><EndToEndId>E3</EndToEndId></Refs></TxDtls><TxDtls/></NtryDtls></Ntry>"
        "<Ntry>" +
        money("9.00") + "<Sts><Cd>PDNG</Cd></Sts></Ntry>";
    const auto whole = [&](const std::string& opening) {
        return "<Stmt>" + balance(opening, "1.00") + balance("CLAV", "3.00") +
               balance("CLBD", "7.00") + entries + "</Stmt>";
    };
    for (const auto* version : {"02", "08", "13"}) {
        const auto read = read_camt053(camt(whole("OPBD"), version), kEuro);
        if (!read) FAIL(read.error().detail);
        const auto& statement = read->front();
        CHECK(check_sum(statement, kEuro));
        REQUIRE(statement.lines.size() == 3);
        CHECK(statement.lines[0].reference == "E1");
        CHECK(statement.lines[0].description == "one & two");
        CHECK(statement.lines[1].reference == "B2");
        CHECK(statement.lines[1].amount == SignedAmount{-200});
        CHECK(statement.lines[1].day == day("2025-03-05"));
        // A batch has the entry's name, not that of one of its transactions.
        CHECK(statement.lines[2].reference == "N3");
        CHECK(statement.pending == 1);
    }
    CHECK(read_camt053(camt(whole("PRCD")), kEuro));
    CHECK_FALSE(read_camt053(camt(whole("ITBD")), kEuro));
}

TEST_CASE("an entry of a camt.053 counts on its booking or on its value day", "[reconcile]") {
    const std::string dated = "<Ntry>" + money("5.00") +
                              "<Sts>BOOK</Sts><BookgDt><Dt>2025-03-04</Dt></BookgDt>"
                              "<ValDt><Dt>2025-03-11</Dt></ValDt></Ntry>";
    const std::string booked_only =
        "<Ntry>" + money("2.00") + "<Sts>BOOK</Sts><BookgDt><Dt>2025-03-05</Dt></BookgDt></Ntry>";
    const auto text = camt("<Stmt>" + balance("OPBD", "0") + balance("CLBD", "7.00") + dated +
                           booked_only + "</Stmt>");
    for (const auto which : {CamtDay::booking, CamtDay::value}) {
        const auto read = read_camt053(text, kEuro, {which});
        REQUIRE(read);
        const auto& statement = read->front();
        const bool by_value = which == CamtDay::value;
        CHECK(statement.lines[0].day == day(by_value ? "2025-03-11" : "2025-03-04"));
        CHECK(statement.lines[1].day == day("2025-03-05"));
        // The bank has told of no day behind its last booking.
        CHECK(statement.last == day("2025-03-05"));
    }
}

TEST_CASE("a booked entry that moves nothing is counted", "[reconcile]") {
    const auto zero =
        "<Ntry>" + money("0.00") + "<Sts>BOOK</Sts><BookgDt><Dt>2025-03-04</Dt></BookgDt></Ntry>";
    const auto text = camt("<Stmt>" + balance("OPBD", "1.00") + balance("CLBD", "1.00") + zero +
                           zero + "</Stmt>");
    const auto read = read_camt053(text, kEuro);
    REQUIRE(read);
    CHECK(read->front().lines.empty());
    CHECK(read->front().zeros == 2);
    CHECK(read->front().pending == 0);
    const auto joined = join({read->front(), read->front()}, kEuro);
    REQUIRE(joined);
    CHECK(joined->zeros == 4);
}

TEST_CASE("XML that is no statement, or more than one account's, is refused", "[reconcile]") {
    const auto refused = [](const std::string& text) {
        const auto read = read_camt053(text, kEuro);
        return read ? "taken" : read.error().detail;
    };
    const auto of_account = [](const std::string& account) {
        return "<Stmt><Acct><Id><IBAN>" + account + "</IBAN></Id></Acct>" + balance("OPBD", "0") +
               balance("CLBD", "0") + "</Stmt>";
    };
    CHECK(refused(camt(of_account("A") + of_account("A"))) == "taken");
    CHECK_THAT(refused(camt(of_account("A") + of_account("B"))),
               Catch::Contains("several accounts"));
    CHECK_THAT(refused(camt("")), Catch::Contains("no statement"));
    CHECK_THAT(refused("<Document/>"), Catch::Contains("not a camt.053"));
    CHECK_THAT(refused("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.052.001.08\"/>"),
               Catch::Contains("not a camt.053"));
    // A billion laughs begin with a document type.
    CHECK_THAT(refused("<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;\">]>" + camt("&c;")),
               Catch::Contains("document type"));
    const std::string long_text(20'000, 'x');
    CHECK_THAT(refused(camt("<Stmt><Id>" + long_text + "</Id></Stmt>")),
               Catch::Contains("too long"));
    CHECK_THAT(refused(camt("<Stmt>" + balance("OPBD", "1.234"))), Catch::Contains("2 digits"));
    CHECK(is_xml("\xEF\xBB\xBF\n <a/>"));
    CHECK_FALSE(is_xml("date,amount\n"));
}

}  // namespace daybook::reconcile
