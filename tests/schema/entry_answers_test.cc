#include "schema/entry_answers.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "schema/facts_answer.h"
#include "tests/schema/entry_samples.h"
#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

const Id128 kBook = id_of(0x40);
constexpr std::size_t kFront = kMessageHeaderBytes + 32;

MessageHeader asked() {
    MessageHeader header;
    header.correlation = 42;
    return header;
}

std::string packed(std::string text) {
    std::erase(text, ' ');
    return text;
}

std::string behind_front(const std::vector<std::byte>& message) {
    return hex_of(Bytes{message}.subspan(kFront));
}

}  // namespace

TEST_CASE("what hangs together with a record comes back as it was given", "[schema][query]") {
    const auto entry = decode_entry(encode_entry(asked(), kBook, sample_entry_details()));
    REQUIRE(entry);
    const auto given = sample_entry_details();
    CHECK(entry->standing == given.standing);
    CHECK(entry->run == given.run);
    CHECK(entry->reversals == given.reversals);
    CHECK(entry->open_holds == given.open_holds);
    CHECK(entry->accounts == given.accounts);
    // There is no such record.
    const auto none = decode_entry(encode_entry(asked(), kBook, {kSampleStanding, {}, {}, {}, {}}));
    REQUIRE(none);
    CHECK(none->run.empty());

    const auto found =
        decode_reference(encode_reference(asked(), kBook, {kSampleStanding, EntryId{Seq{12}, 3}}));
    REQUIRE(found);
    CHECK(found->id == EntryId{Seq{12}, 3});
}

TEST_CASE("an answer with several records, or with one behind the head, is not believed",
          "[schema][query]") {
    auto entry = sample_entry_details();
    entry.run.clear();
    add_run(entry.run, block_of(2, 3, 4), 5, 6);
    CHECK_FALSE(decode_entry(encode_entry(asked(), kBook, entry)));
    entry.run.clear();
    add_run(entry.run, block_of(2, 21, 4), 21, 21);
    CHECK_FALSE(decode_entry(encode_entry(asked(), kBook, entry)));
    CHECK_FALSE(
        decode_reference(encode_reference(asked(), kBook, {kSampleStanding, EntryId{Seq{13}, 0}})));
}

TEST_CASE("facts come back as they were given, and count what was rejected", "[schema][query]") {
    const auto facts = decode_facts(encode_facts(asked(), kBook, sample_facts()));
    REQUIRE(facts);
    CHECK(facts->standing == kSampleStanding);
    CHECK(facts->sizes == sample_facts().sizes);
    CHECK(facts->outcomes == sample_facts().outcomes);
    CHECK(facts->blocks == sample_facts().blocks);
    CHECK(facts->accepted() == 100);
    CHECK(facts->rejected() == 7);
    auto endless = sample_facts();
    endless.outcomes.resize(1001);
    CHECK_FALSE(decode_facts(encode_facts(asked(), kBook, endless)));
}

TEST_CASE("a query for a record or a reference says which, and nothing else", "[schema][query]") {
    const auto wrong = [](const Query& query) {
        return decode_query(encode_query(query, kBook, 1), kBook).error();
    };
    const auto all = sample_entry_queries();
    Query query = all[0];
    query.from = Seq{};
    CHECK(wrong(query) == Malformation::bad_bytes);
    query = all[0];
    query.texts = {"users"};
    CHECK(wrong(query) == Malformation::bad_bytes);
    query = all[1];
    query.texts = {""};
    CHECK(wrong(query) == Malformation::reference_missing);
    query = all[1];
    query.texts.clear();
    CHECK(wrong(query) == Malformation::bad_bytes);
    query = all[2];
    query.from = Seq{1};
    CHECK(wrong(query) == Malformation::bad_bytes);
}

TEST_CASE("a record must have been applied before its entry is told, if the journal has it",
          "[schema][query]") {
    const auto query = sample_entry_queries()[0];
    CHECK(seq_needed(query, Seq{5}) == Seq{5});
    CHECK(seq_needed(query, Seq{4}) == Seq{});
}

TEST_CASE("golden: an entry's links, a reference, facts", "[schema][golden]") {
    auto entry = sample_entry_details();
    entry.run.clear();
    entry.accounts.clear();
    CHECK(behind_front(encode_entry(asked(), kBook, entry)) ==
          packed("0000000000000000 3000000000000000 "
                 "0000050000000000 0100090000000000 0200000000000000 "
                 "0100050000000000 0000060000000000 0100000000000000 4000000000000000 "
                 "0200050000000000 0700000000000000 0800000000000000 "
                 "02000000000000000100000000000000 04000000000000000300000000000000 "
                 "feffffffffffffff"));
    CHECK(behind_front(encode_reference(asked(), kBook, {kSampleStanding, EntryId{Seq{12}, 3}})) ==
          "03000c0000000000");
    CHECK(behind_front(encode_facts(asked(), kBook, sample_facts())) ==
          packed("4000000000000000 0100000000000000 0200000000000000 0300000000000000 "
                 "0400000000000000 0500000000000000 0000000000000000 0000000000000000 "
                 "0000000000000000 1800000000000000 "
                 "6400000000000000 0000000000000000 0700000000000000 "
                 "0900000000000000 1200000000000000 d007000000000000 c003000000000000 03000000 "
                 "00000000 "
                 "0800000000000000 0a00000000000000 c607000000000000 000a000000000000 08000000 "
                 "00000000"));
}

}  // namespace daybook::schema
