#include "json/command_reader.h"

#include <string>

#include <catch2/catch.hpp>

#include "json/command_writer.h"
#include "ledger/form.h"
#include "tests/schema/samples.h"

namespace daybook::json {

namespace {

// As a producer states it: the fields beside key and kind.
std::string flat_line(const Command& command) {
    Line line;
    line.begin_object()
        .text("key", to_hex(key_of(command).bytes))
        .text("kind", name_of(kind_of(command)));
    write_fields(line, command);
    return line.end_object().str();
}

// As `tail --json` prints it.
std::string tail_line(const Command& command) {
    Line line;
    line.begin_object()
        .big("seq", 7)
        .json("block", R"({"number":"3"})")
        .text("kind", name_of(kind_of(command)))
        .text("key", to_hex(key_of(command).bytes))
        .text("outcome", "accepted")
        .begin_object("command");
    write_fields(line, command);
    return line.end_object().json("remarks", "[]").json("touches", "[]").end_object().str();
}

std::string wrong(const std::string& line) {
    const auto command = read_command(line);
    REQUIRE_FALSE(command);
    CHECK(command.error().code == ErrorCode::bad_input);
    return command.error().detail;
}

// A transfer with `more` as its last fields.
std::string transfer_with(const std::string& more) {
    return R"({"key":"k","kind":"transfer","debit_account_number":"1","credit_account_number":"2",)" +
           more + "}";
}

// An entry whose first posting is `posting`.
std::string entry_with(const std::string& posting) {
    return R"({"key":"k","kind":"post_entry","postings":[)" + posting +
           R"(,{"account":"b","side":"credit","amount":"1"}]})";
}

bool starts_with(const std::string& text, const std::string& start) {
    if (text.starts_with(start)) return true;
    WARN(text);
    return false;
}

}  // namespace

TEST_CASE("every kind of command is read back as it was written", "[json]") {
    auto commands = schema::sample_tables();
    commands.emplace_back(schema::sample_transfer());
    commands.emplace_back(Transfer{.key = schema::id_of(1),
                                   .debit = AccountNumber{1},
                                   .credit = AccountNumber{2},
                                   .amount = Amount{~Uint128{0}},
                                   .tag = {},
                                   .effective_at = {},
                                   .balancing = Balancing::both});
    std::size_t kinds = 0;
    for (const auto& command : commands) {
        if (std::holds_alternative<ExpireHold>(command)) continue;
        INFO(flat_line(command));
        REQUIRE(check_form(command) == Malformation::none);
        for (const auto& line : {flat_line(command), tail_line(command)}) {
            const auto read = read_command(line);
            if (!read) FAIL(read.error().detail);
            CHECK(*read == command);
        }
        kinds |= std::size_t{1} << command.index();
    }
    const std::size_t expiry = std::size_t{1} << Command{ExpireHold{}}.index();
    CHECK((kinds | expiry) == (std::size_t{1} << std::variant_size_v<Command>)-1);
}

TEST_CASE("a key is any text that --key takes", "[json]") {
    const auto hashed = read_command(R"({"key":"order 7","kind":"void_key"})");
    CHECK_FALSE(hashed);
    const auto text = read_command(R"({"key":"order-7","kind":"void_key"})");
    const auto uuid =
        read_command(R"({"key":"00000000-0000-0000-0000-00000000000a","kind":"void_key"})");
    REQUIRE(text);
    REQUIRE(uuid);
    CHECK(key_of(*text) != key_of(*uuid));
    CHECK(key_of(*uuid).bytes.back() == 10);
}

TEST_CASE("what is wrong with a line is named by its field", "[json]") {
    CHECK(starts_with(wrong("[1]"), "the line is a list, not an object"));
    CHECK(starts_with(wrong(R"({"kind":"void_key"})"), "field 'key' is missing"));
    CHECK(starts_with(wrong(R"({"key":"k"})"), "field 'kind' is missing"));
    CHECK(starts_with(wrong(R"({"key":"k","kind":"pay"})"), "field 'kind' 'pay' is none"));
    CHECK(starts_with(wrong(R"({"key":"k","kind":"void_key","x":1})"), "field 'x' is not known"));
    CHECK(starts_with(wrong(R"({"key":"k","kind":"void_key","seq":"1"})"), "field 'seq' is not"));
    CHECK(starts_with(wrong(R"({"key":"k","kind":"void_key","command":{},"tag":"1"})"),
                      "field 'tag' is not known"));
    CHECK(starts_with(wrong(R"({"key":"k","kind":"void_key","command":{"tag":"1"}})"),
                      "field 'command.tag' is not known"));
    CHECK(starts_with(wrong(entry_with(R"({"account":"a","side":"left","amount":"1"})")),
                      "field 'postings[0].side' 'left' is none"));
    CHECK(starts_with(wrong(entry_with(R"({"side":"debit","amount":"1"})")),
                      "field 'postings[0].account' is missing"));
    CHECK(starts_with(
        wrong(entry_with(R"({"account":"a","account_number":"1","side":"debit","amount":"1"})")),
        "field 'postings[0].account_number' is there beside 'account'"));
    CHECK(starts_with(wrong(entry_with("7")), "field 'postings[0]' is a number, not an object"));
}

TEST_CASE("amounts are decimal strings of minor units and nothing else", "[json]") {
    for (const auto* const amount : {R"("1.5")", R"("-1")", R"("")", R"(" 1")", R"("1e3")",
                                     R"("0x1")", R"("340282366920938463463374607431768211456")"}) {
        CHECK(starts_with(wrong(transfer_with(R"("amount":)" + std::string{amount})),
                          "field 'amount' is not minor units"));
    }
    CHECK(starts_with(wrong(transfer_with(R"("amount":5)")), "field 'amount' is a number"));
    CHECK(starts_with(wrong(transfer_with(R"("amount":null)")),
                      "field 'amount' is null, not a string; leave out"));
    CHECK(starts_with(wrong(transfer_with(R"("amount":"0")")), "amount_zero: "));
    CHECK(read_command(transfer_with(R"("amount":"340282366920938463463374607431768211455")")));
}

TEST_CASE("a line is JSON, and no field is there twice at any depth", "[json]") {
    CHECK(starts_with(wrong("{"), "column 2: not JSON"));
    CHECK(starts_with(wrong(R"({"key":"k"} x)"), "column 13: not JSON"));
    CHECK(starts_with(wrong(R"({"key":"k",})"), "column 12: not JSON"));
    CHECK(starts_with(wrong("{\"key\":\"\xff\"}"), "column 9: not JSON"));
    CHECK(starts_with(wrong(transfer_with(R"("amount":"1","amount":"2")")),
                      "field 'amount' is there twice"));
    CHECK(starts_with(
        wrong(entry_with(R"({"account":"a","account":"c","side":"debit","amount":"1"})")),
        "field 'account' is there twice"));
    CHECK(starts_with(wrong(std::string(10'000, '[')), "column 33: not JSON"));
}

TEST_CASE("a list that is longer than any of ours is not walked", "[json]") {
    const auto listed = [](std::size_t count, const std::string& item) {
        std::string text = item;
        for (std::size_t i = 1; i < count; ++i)
            text += "," + item;
        return text;
    };
    // None of the items is looked at.
    CHECK(starts_with(wrong(entry_with(listed(255, "{}"))),
                      "field 'postings' has 256 items; at most 255"));
    CHECK(
        starts_with(wrong(R"({"key":"k","kind":"atomic","commands":[)" + listed(256, "{}") + "]}"),
                    "field 'commands' has 256 items; at most 255"));
    CHECK(starts_with(wrong(R"({"key":"k","kind":"reverse_entry","entry":"3","amounts":[)" +
                            listed(256, R"("1")") + "]}"),
                      "field 'amounts' has 256 items; at most 255"));
    CHECK(starts_with(wrong(entry_with(listed(8191, "0"))), "field 'postings' has 8192 items"));
    CHECK(wrong(entry_with(listed(8192, "0"))).find("not JSON") != std::string::npos);
}

TEST_CASE("some commands cannot be stated", "[json]") {
    CHECK(starts_with(wrong(R"({"key":"k","kind":"expire_hold","hold":"7"})"),
                      "field 'kind' 'expire_hold' is for the ledger alone"));
    const auto with_member = [](const std::string& member) {
        return R"({"key":"k","kind":"atomic","commands":[)" + member + "]}";
    };
    for (const auto* const kind : {"atomic", "void_key", "transfer"}) {
        const auto detail = wrong(with_member(R"({"kind":")" + std::string{kind} + R"("})"));
        CHECK(detail.starts_with("field 'commands[0]."));
    }
    CHECK(starts_with(wrong(with_member(R"({"kind":"release_hold","hold":".0","key":"m"})")),
                      "field 'commands[0].key' is not known"));
    CHECK(read_command(with_member(R"({"kind":"release_hold","hold":".0"})")));
    CHECK(starts_with(wrong(R"({"key":"k","kind":"release_hold","hold":".0"})"), "entry_id: "));
}

}  // namespace daybook::json
