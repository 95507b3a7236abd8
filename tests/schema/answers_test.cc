#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "schema/query_answers.h"
#include "schema/receipts.h"
#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

MessageHeader asked() {
    MessageHeader header;
    header.kind = MessageKind::resolve;
    header.correlation = 42;
    return header;
}

}  // namespace

TEST_CASE("the refusal of a message comes back with its reason and hint", "[schema][answers]") {
    const MessageRefusal refusal{code_of(Refusal::overloaded), 250, "8 batches wait"};
    auto message = encode_refusal(asked(), id_of(0x40), refusal);
    const auto decoded = decode_refusal(message);
    REQUIRE(decoded);
    CHECK(decoded->code == refusal.code);
    CHECK(decoded->retry_after_ms == 250);
    CHECK(decoded->detail == refusal.detail);
    CHECK(decode_header(message)->correlation == 42);
    for (std::size_t length = 0; length < message.size(); ++length) {
        CHECK_FALSE(decode_refusal(Bytes{message}.first(length)));
    }
    message.resize(message.size() + 8);
    CHECK_FALSE(decode_refusal(message));
}

TEST_CASE("resolved accounts come back in the order they were asked", "[schema][answers]") {
    const std::vector<ResolvedAccount> accounts{
        {AccountNumber{7}, AssetNumber{2}, "0123456789ABCDEF", 18, AccountType::expense,
         AccountState::closed},
        {},
        {AccountNumber{8}, AssetNumber{1}, "X", 0, AccountType::asset, AccountState::open}};
    auto message = encode_resolved(asked(), id_of(0x40), Seq{9}, accounts);
    CHECK(message.size() == kMessageHeaderBytes + 3 * 32);
    CHECK(decode_header(message)->head == Seq{9});
    const auto decoded = decode_resolved(message);
    REQUIRE(decoded);
    REQUIRE(decoded->size() == 3);
    CHECK(decoded->at(0).number == AccountNumber{7});
    CHECK(decoded->at(0).asset == AssetNumber{2});
    CHECK(decoded->at(0).asset_code == "0123456789ABCDEF");
    CHECK(decoded->at(0).scale == 18);
    CHECK(decoded->at(0).type == AccountType::expense);
    CHECK(decoded->at(0).state == AccountState::closed);
    CHECK(decoded->at(1).number.is_none());
    CHECK(decoded->at(2).asset_code == "X");
    for (std::size_t length = 0; length < message.size(); ++length) {
        CHECK_FALSE(decode_resolved(Bytes{message}.first(length)));
    }
    message.resize(message.size() + 32);
    CHECK_FALSE(decode_resolved(message));
}

TEST_CASE("an account that does not exist is 32 zero bytes", "[schema][answers]") {
    const auto message = encode_resolved(asked(), id_of(0x40), Seq{9}, {ResolvedAccount{}});
    CHECK(hex_of(Bytes{message}.subspan(kMessageHeaderBytes)) == std::string(64, '0'));
}

TEST_CASE("a resolved account whose names are not known is none of ours", "[schema][answers]") {
    const std::vector<ResolvedAccount> known{
        {AccountNumber{8}, AssetNumber{1}, "X", 0, AccountType::asset, AccountState::open}};
    const auto sound = encode_resolved(asked(), id_of(0x40), Seq{9}, known);
    REQUIRE(decode_resolved(sound));
    for (const auto& [place, value] :
         {std::pair{12, 19}, {13, 0}, {13, 6}, {14, 0}, {14, 6}, {15, 1}, {18, 'Y'}, {0, 0}}) {
        auto changed = sound;
        changed[kMessageHeaderBytes + static_cast<std::size_t>(place)] =
            static_cast<std::byte>(value);
        INFO("byte " << place << " is " << value);
        CHECK_FALSE(decode_resolved(changed));
    }
}

TEST_CASE("a balance whose names are not known is none of ours", "[schema][answers]") {
    AccountBalance line;
    line.number = AccountNumber{8};
    line.asset_code = "X";
    const auto sound = encode_balances(asked(), id_of(0x40), {{}, {line}});
    REQUIRE(decode_balances(sound));
    REQUIRE(decode_balances(sound)->lines.front() == line);
    for (const auto& [place, value] :
         {std::pair{28, 19}, {29, 0}, {29, 6}, {30, 0}, {30, 6}, {31, 1}, {34, 'Y'}, {0, 0}}) {
        auto changed = sound;
        changed[kMessageHeaderBytes + 32 + static_cast<std::size_t>(place)] =
            static_cast<std::byte>(value);
        INFO("byte " << place << " is " << value);
        CHECK_FALSE(decode_balances(changed));
    }
}

TEST_CASE("an answer of one kind is not read as another", "[schema][answers]") {
    const auto resolved = encode_resolved(asked(), id_of(0x40), Seq{9}, {});
    CHECK(decode_refusal(resolved).error() == Malformation::unknown_kind);
    CHECK(decode_receipts(resolved).error() == Malformation::unknown_kind);
    const auto refusal = encode_refusal(asked(), id_of(0x40), {});
    CHECK(decode_resolved(refusal).error() == Malformation::unknown_kind);
}

}  // namespace daybook::schema
