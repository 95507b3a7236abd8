#include "schema/statement.h"

#include <limits>

#include <catch2/catch.hpp>

#include "ledger/form.h"
#include "schema/wire_generated.h"
#include "tests/schema/samples.h"
#include "tests/schema/statement_samples.h"

namespace daybook::schema {

namespace {

const Id128 kBook = id_of(0x40);

std::vector<std::byte> encoded(const AccountStatement& statement) {
    MessageHeader asked;
    asked.correlation = 42;
    return encode_statement(asked, kBook, statement);
}

// Where the first line's struct begins: behind the front, the balances and the cursor, in frames.
constexpr std::size_t kFirstLine = kMessageHeaderBytes + sizeof(wire::Standing) +
                                   (2 * sizeof(wire::AccountBalance)) + sizeof(std::uint64_t) +
                                   (3 * sizeof(wire::Frame));
constexpr std::size_t kKind = kFirstLine + 48;

}  // namespace

TEST_CASE("a page of a statement comes back as it was given", "[schema][query]") {
    const auto statement = sample_statement();
    const auto message = encoded(statement);
    CHECK(decode_header(message)->correlation == 42);
    CHECK(decode_header(message)->head == Seq{20});
    const auto decoded = decode_statement(message);
    REQUIRE(decoded);
    CHECK(decoded->standing == statement.standing);
    CHECK(decoded->closing == statement.closing);
    CHECK(decoded->opening == statement.opening);
    CHECK(decoded->next == statement.next);
    CHECK(decoded->lines == statement.lines);
    for (std::uint8_t kind = 1; kind <= 9; ++kind) {
        AccountStatement one = statement;
        one.lines.front().kind = static_cast<LineKind>(kind);
        CHECK(decode_statement(encoded(one))->lines == one.lines);
        CHECK(name_of(static_cast<LineKind>(kind)) != "unknown");
    }
}

TEST_CASE("no account and no lines are answers too", "[schema][query]") {
    const auto decoded = decode_statement(encoded({kSampleStanding, {}, {}, {}, {}}));
    REQUIRE(decoded);
    CHECK(decoded->closing.number.is_none());
    CHECK(decoded->lines.empty());
    CHECK(decoded->next.is_none());
}

TEST_CASE("lines that do not go back, and a next page that does not follow, are refused",
          "[schema][query][hostile]") {
    AccountStatement statement = sample_statement();
    std::swap(statement.lines[0], statement.lines[1]);
    CHECK_FALSE(decode_statement(encoded(statement)));
    statement = sample_statement();
    statement.lines[1].at = statement.lines[0].at;
    CHECK_FALSE(decode_statement(encoded(statement)));
    statement = sample_statement();
    statement.next = TouchPointer{Seq{11}, 0};
    CHECK_FALSE(decode_statement(encoded(statement)));
    statement.lines.clear();
    CHECK_FALSE(decode_statement(encoded(statement)));
}

TEST_CASE("a line says only what there is, in numbers that mean something",
          "[schema][query][hostile]") {
    const auto good = encoded(sample_statement());
    REQUIRE(decode_statement(good));
    const auto is_read_with = [&](std::size_t place, unsigned value) {
        auto message = good;
        message[place] = static_cast<std::byte>(value);
        return decode_statement(message).has_value();
    };
    CHECK(is_read_with(kKind, 5));
    for (const unsigned kind : {0U, 10U, 255U})
        CHECK_FALSE(is_read_with(kKind, kind));
    CHECK(is_read_with(kKind + 1, 1));
    for (const unsigned side : {0U, 3U})
        CHECK_FALSE(is_read_with(kKind + 1, side));
    CHECK_FALSE(is_read_with(kKind + 2, 1));   // a state that it says it has not
    CHECK_FALSE(is_read_with(kKind + 3, 2));   // no state that it says it has
    CHECK_FALSE(is_read_with(kKind + 3, 8));   // a minimum of no limits
    CHECK_FALSE(is_read_with(kKind + 3, 32));  // what nobody knows
    CHECK_FALSE(is_read_with(kKind + 4, 1));   // a posting less
    CHECK_FALSE(is_read_with(kKind + 4, 255));
    CHECK_FALSE(is_read_with(kKind + 8, 1));  // reserved

    AccountStatement statement = sample_statement();
    statement.lines[0].reference = std::string(kReferenceBytesMax + 1, 'r');
    CHECK_FALSE(decode_statement(encoded(statement)));
    statement = sample_statement();
    statement.lines[0].description = std::string(kDescriptionBytesMax + 1, 'd');
    CHECK_FALSE(decode_statement(encoded(statement)));
    statement = sample_statement();
    statement.lines[0].counter[0].code = std::string(kAccountCodeBytesMax + 1, 'c');
    CHECK_FALSE(decode_statement(encoded(statement)));
}

TEST_CASE("the largest page is 1 MiB at most", "[schema][query]") {
    AccountStatement statement = sample_statement();
    StatementLine line = sample_line(1, 0);
    line.reference = std::string(kReferenceBytesMax, 'r');
    line.description = std::string(kDescriptionBytesMax, 'd');
    statement.lines.assign(kStatementLinesMax, line);
    const CounterPosting posting{AccountNumber{8}, std::string(kAccountCodeBytesMax, 'x'),
                                 AssetNumber{2},   2,
                                 Side::debit,      Amount{0, 1}};
    // As many postings as a page may have and one line more brings.
    statement.lines.back().counter.assign(kStatementPostingsMax + kPostingsMax, posting);
    CHECK(encoded(statement).size() <= std::size_t{1} << 20);
}

}  // namespace daybook::schema
