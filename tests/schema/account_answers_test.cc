#include "schema/account_answers.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/schema/account_samples.h"
#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

const Id128 kBook = id_of(0x40);

MessageHeader asked() {
    MessageHeader header;
    header.correlation = 42;
    return header;
}

std::string packed(std::string text) {
    std::erase(text, ' ');
    return text;
}

// What follows header and standing, of an answer; or the header alone, of a query.
std::string behind(const std::vector<std::byte>& message, std::size_t bytes) {
    return hex_of(Bytes{message}.subspan(bytes));
}

Malformation wrong(const Query& query) {
    return decode_query(encode_query(query, kBook, 1), kBook).error();
}

}  // namespace

TEST_CASE("lists, details and sums of accounts come back as they were given", "[schema][query]") {
    const auto listed = decode_listed(encode_listed(asked(), kBook, sample_listed()));
    REQUIRE(listed);
    CHECK(listed->standing == kSampleStanding);
    CHECK(listed->as_of == Seq{11});
    CHECK(listed->next == "users:bob");
    CHECK(listed->lines == sample_listed().lines);

    const auto details = decode_details(encode_details(asked(), kBook, sample_details()));
    REQUIRE(details);
    CHECK(details->standing == kSampleStanding);
    CHECK(details->as_of == Seq{12});
    CHECK(details->lines == sample_details().lines);

    const auto trial = decode_trial(encode_trial(asked(), kBook, sample_trial()));
    REQUIRE(trial);
    CHECK(trial->as_of == Seq{});
    CHECK(trial->next == AccountNumber{258});
    CHECK(trial->lines == sample_trial().lines);
}

TEST_CASE("an account was open from its own Seq on, and nobody's never", "[schema][query]") {
    CHECK(sample_account_line().was_open_at(Seq{4}));
    CHECK_FALSE(sample_account_line().was_open_at(Seq{3}));
    CHECK_FALSE(AccountDetails{}.was_open_at(kSeqMax));
}

TEST_CASE("accounts that stand after the watermark are not believed", "[schema][query]") {
    auto listed = sample_listed();
    listed.as_of = Seq{13};
    CHECK_FALSE(decode_listed(encode_listed(asked(), kBook, listed)));
    auto trial = sample_trial();
    trial.as_of = Seq{13};
    CHECK_FALSE(decode_trial(encode_trial(asked(), kBook, trial)));
    trial = sample_trial();
    trial.lines[0].type = AccountType{6};
    CHECK_FALSE(decode_trial(encode_trial(asked(), kBook, trial)));
}

TEST_CASE("a query about accounts with too much, too little or unknown kinds in it is malformed",
          "[schema][query]") {
    const auto all = sample_account_queries();
    Query query = all[0];
    query.accounts.lines_max = 0;
    CHECK(wrong(query) == Malformation::bad_bytes);
    query = all[0];
    query.texts.pop_back();
    CHECK(wrong(query) == Malformation::bad_bytes);
    query = all[0];
    query.texts[0] = std::string(129, 'x');
    CHECK(wrong(query) == Malformation::account_code);
    query = all[0];
    query.accounts.type = AccountType{6};
    CHECK(wrong(query) == Malformation::account_type);
    query = all[0];
    query.accounts.state = AccountState{6};
    CHECK(wrong(query) == Malformation::account_state);
    query = all[0];
    query.accounts.as_of = kSeqMax.next();
    CHECK(wrong(query) == Malformation::bad_bytes);
    query = all[0];
    query.accounts.after = AccountNumber{1};
    CHECK(wrong(query) == Malformation::reserved_not_zero);
    query = all[2];
    query.accounts.lines_max = 1;
    CHECK(wrong(query) == Malformation::bad_bytes);
    query = all[2];
    query.accounts.type = AccountType::asset;
    CHECK(wrong(query) == Malformation::reserved_not_zero);
    query = all[2];
    query.texts.assign(kCodesMax + 1, "a");
    CHECK(wrong(query) == Malformation::too_many_commands);
    query = all[2];
    query.texts.clear();
    CHECK(wrong(query) == Malformation::bad_bytes);
    query = all[3];
    query.texts = {"users"};
    CHECK(wrong(query) == Malformation::bad_bytes);
}

TEST_CASE("a Seq of the past must have been applied before accounts are told of it",
          "[schema][query]") {
    Query query = sample_account_queries()[0];
    CHECK(seq_needed(query, Seq{20}) == Seq{11});
    query.min_seq = Seq{12};
    CHECK(seq_needed(query, Seq{20}) == Seq{12});
    query.accounts.as_of = kSeqMax;
    CHECK(seq_needed(query, Seq{20}) == Seq{12});
}

TEST_CASE("golden: a query for a list of accounts", "[schema][golden]") {
    Query query = sample_account_queries()[0];
    query.texts = {"u", "", "USD"};
    CHECK(behind(encode_query(query, kBook, 5), kMessageHeaderBytes) ==
          packed("0700000000000000 0000000000000000 fa000000 00000000 0000000000000000 "
                 "0b00000000000000 0000000000000000 32000000 05 05 0000 0000000000000000 "
                 "0100000000000000 7500000000000000 0000000000000000 "
                 "0300000000000000 5553440000000000"));
}

TEST_CASE("golden: listed accounts, details and sums", "[schema][golden]") {
    constexpr std::size_t kFront = kMessageHeaderBytes + 32;
    auto listed = sample_listed();
    listed.lines.resize(1);
    listed.lines[0].code = "a:b";
    const std::string line = packed(
        "a300000000000000 0700000000000000 6300000000000000 03000b0000000000 02000000 12 05 04 00 "
        "30313233343536373839414243444546 02000000000000000100000000000000 "
        "04000000000000000300000000000000 06000000000000000500000000000000 "
        "08000000000000000700000000000000 0400000000000000 "
        "ffffffffffffffffffffffffffffffff 04000000000000000300000000000000 "
        "03 00 0000 00000000 613a620000000000");
    CHECK(behind(encode_listed(asked(), kBook, listed), kFront) ==
          packed("0b00000000000000 0000000000000000 0900000000000000 "
                 "75736572733a626f6200000000000000") +
              line);
    CHECK(behind(encode_details(asked(), kBook, {kSampleStanding, Seq{12}, listed.lines}),
                 kFront) == packed("0c00000000000000 0000000000000000") + line);
    auto trial = sample_trial();
    trial.lines.resize(1);
    CHECK(behind(encode_trial(asked(), kBook, trial), kFront) ==
          packed("0000000000000000 0201000000000000 02000000 02 01 0000 "
                 "55534400000000000000000000000000 1100000000000000 "
                 "02000000000000000100000000000000 04000000000000000300000000000000 "
                 "06000000000000000500000000000000 08000000000000000700000000000000"));
}

}  // namespace daybook::schema
