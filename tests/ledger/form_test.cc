#include "ledger/form.h"

#include <string>

#include <catch2/catch.hpp>

#include "tests/ledger/small_book.h"

namespace daybook {

namespace {

struct Case {
    const char* name;
    Command command;
    Malformation wrong;
};

const AccountNumber kOne{1};
const AccountNumber kTwo{2};
const Id128 kKey = key_number(1);

PostEntry entry_with(Posting posting) {
    return SmallBook::entry({std::move(posting), SmallBook::posting(kTwo, Side::credit, of(1))});
}

PostEntry entry_of(std::size_t count) {
    return SmallBook::entry(
        std::vector<Posting>(count, SmallBook::posting(kOne, Side::debit, of(1))));
}

PostEntry entry_saying(std::string reference, std::string description) {
    PostEntry entry = entry_of(2);
    entry.particulars.reference = std::move(reference);
    entry.particulars.description = std::move(description);
    return entry;
}

OpenAccount account(std::string code, std::string asset, int type = 1, Limits limits = {}) {
    return {kKey, std::move(code), std::move(asset), static_cast<AccountType>(type), limits};
}

std::vector<Case> cases() {
    using enum Malformation;
    return {
        {"key first", Transfer{{}, {}, {}, {}, {}, {}}, key_missing},
        {"void without key", VoidKey{}, key_missing},
        {"no debit account", Transfer{kKey, {}, kTwo, {}, {}, {}}, account_reference},
        {"no credit account", Transfer{kKey, kOne, {}, {}, {}, {}}, account_reference},
        {"zero transfer", Transfer{kKey, kOne, kTwo, {}, {}, {}}, amount_zero},
        {"largest transfer", Transfer{kKey, kOne, kTwo, Amount{~Uint128{0}}, kKey, Stamp{-1}},
         none},
        {"asset code", DefineAsset{kKey, "usd", 99}, asset_code},
        {"asset scale", DefineAsset{kKey, "USD", 19}, asset_scale},
        {"asset scale at most", DefineAsset{kKey, "USD", 18}, none},
        {"account code first", account("a::b", "usd", 0), account_code},
        {"its asset", account("a:b", "usd", 0), asset_code},
        {"type 0", account("a:b", "USD", 0, {net(2), net(1)}), account_type},
        {"type 6", account("a:b", "USD", 6), account_type},
        {"crossed", account("a:b", "USD", 1, {net(2), net(1)}), limits_crossed},
        {"equal limits", account("a:b", "USD", 1, {net(1), net(1)}), none},
        {"crossed through zero", account("a:b", "USD", 1, {net(0), net(-1)}), limits_crossed},
        {"no postings", entry_of(0), posting_count},
        {"one posting", entry_of(1), posting_count},
        {"two postings", entry_of(2), none},
        {"most postings", entry_of(255), none},
        {"too many postings", entry_of(256), posting_count},
        {"no account", entry_with({{}, Side::debit, of(1)}), account_reference},
        {"number and code", entry_with({{kOne, "a"}, Side::debit, of(1)}), account_reference},
        {"bad code", entry_with({{{}, "a b"}, Side::debit, of(1)}), account_code},
        {"side 0", entry_with({{kOne, {}}, Side{0}, of(1)}), side_unknown},
        {"side 3", entry_with({{kOne, {}}, Side{3}, of(1)}), side_unknown},
        {"zero posting", entry_with({{kOne, {}}, Side::debit, {}}), amount_zero},
        {"long reference", entry_saying(std::string(129, 'r'), "\x01"), text_too_long},
        {"longest texts", entry_saying(std::string(128, 'r'), std::string(256, 'd')), none},
        {"long description", entry_saying("", std::string(257, 'd')), text_too_long},
        {"control in reference", entry_saying("a\nb", ""), text_charset},
        {"broken description", entry_saying("", "\xff"), text_charset},
    };
}

}  // namespace

TEST_CASE("each malformation is named by the first thing that is wrong", "[ledger][form]") {
    for (const auto& [name, command, wrong] : cases()) {
        CAPTURE(name);
        CHECK(name_of(check_form(command)) == name_of(wrong));
    }
}

TEST_CASE("account codes have parts and no empty part", "[ledger][form]") {
    for (const auto* code : {"a", "users:alice:wallet", "A-Z_0.9", "0", "a:b:c:d", "-", "."}) {
        CAPTURE(code);
        CHECK(is_account_code(code));
    }
    for (const auto* code : {"", ":", ":a", "a:", "a::b", "a b", "a/b", "ä", "a\n", "a,b", "a*"}) {
        CAPTURE(code);
        CHECK_FALSE(is_account_code(code));
    }
    CHECK(is_account_code(std::string(128, 'x')));
    CHECK_FALSE(is_account_code(std::string(129, 'x')));
    CHECK_FALSE(is_account_code(std::string_view{"a\0b", 3}));
}

TEST_CASE("asset codes are capitals and digits", "[ledger][form]") {
    for (const auto* code : {"USD", "X", "BTC.TEST_2", "0123456789ABCDEF", "1INCH"}) {
        CHECK(is_asset_code(code));
    }
    for (const auto* code : {"", "usd", "US D", "US-D", "US:D", "0123456789ABCDEFG"}) {
        CHECK_FALSE(is_asset_code(code));
    }
}

TEST_CASE("plain text is UTF-8 without control characters", "[ledger][form]") {
    for (const auto* text : {"", "plain", "Grüße", "\u20ac 5", "\U0001F600", "\ue000", "\u00a0",
                             "\U0010ffff", "\xed\x9f\xbf"}) {
        CAPTURE(text);
        CHECK(is_plain_text(text));
    }
    const auto* const text =
        GENERATE("\n", "\t", "\x7f", "\xc2\x80", "\xc2\x9f",                  // controls, C1 too
                 "\x80", "\xbf", "a\xc3", "\xe2\x82", "\xf0\x9f\x98",         // stray and cut short
                 "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",  // overlong
                 "\xed\xa0\x80", "\xed\xbf\xbf",                              // surrogates
                 "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3\x28", "\xe2\x28\xa1");
    CAPTURE(text);
    CHECK_FALSE(is_plain_text(text));
    CHECK_FALSE(is_plain_text(std::string_view{"\0", 1}));
}

}  // namespace daybook
