#include <catch2/catch.hpp>

#include "export/content_check.h"
#include "export/manifest.h"

using namespace daybook;
using namespace daybook::exports;

namespace {

Hash256 hash(std::uint8_t number) {
    Hash256 made;
    made.bytes[0] = number;
    return made;
}

// Seqs 1 to 10 are block 1, 11 to 20 block 2, and so on; each record posts 5 a side.
Manifest cut(std::uint64_t from, std::uint64_t to) {
    const auto block_at = [](std::uint64_t seq) {
        const std::uint64_t number = (seq + 9) / 10;
        return ChainBlock{number,
                          Seq{(number * 10) - 9},
                          10,
                          Stamp{static_cast<std::int64_t>(number)},
                          hash(static_cast<std::uint8_t>(number - 1)),
                          hash(static_cast<std::uint8_t>(number))};
    };
    const Amount posted{0, 5 * (to - from + 1)};
    const Amount before{0, 5 * (from - 1)};
    Manifest made;
    made.format = Format::jsonl;
    made.genesis_stamp = Stamp{1};
    made.book = Id128{{7}};
    made.from = Seq{from};
    made.to = Seq{to};
    made.counts = {to - from + 1, to - from + 1, 0, 2 * (to - from + 1)};
    made.first_block = block_at(from);
    made.last_block = block_at(to);
    made.totals = {{"USD", 2, posted, posted, before, before}};
    made.files = {{"journal.jsonl", 1, 2, hash(9)}};
    return made;
}

bool joins(const Manifest& before, const Manifest& next) {
    return why_not_adjacent(before, next).empty();
}

}  // namespace

TEST_CASE("exports join at the end of a block and within one", "[export][I18]") {
    CHECK(joins(cut(1, 10), cut(11, 30)));
    CHECK(joins(cut(1, 14), cut(15, 30)));
    CHECK(joins(cut(3, 3), cut(4, 4)));
}

TEST_CASE("exports with a gap, an overlap, another chain or other totals do not join",
          "[export][I18]") {
    CHECK_FALSE(joins(cut(1, 10), cut(12, 30)));
    CHECK_FALSE(joins(cut(1, 10), cut(10, 30)));
    CHECK_FALSE(joins(cut(11, 20), cut(1, 10)));
    auto other_book = cut(11, 20);
    other_book.book.bytes[3] = 1;
    CHECK_FALSE(joins(cut(1, 10), other_book));
    auto other_chain = cut(11, 20);
    other_chain.first_block.previous = hash(77);
    CHECK_FALSE(joins(cut(1, 10), other_chain));
    auto other_block = cut(15, 20);
    other_block.first_block.hash = hash(77);
    CHECK_FALSE(joins(cut(1, 14), other_block));
    auto other_totals = cut(11, 20);
    other_totals.totals[0].credits_before = Amount{};
    CHECK_FALSE(joins(cut(1, 10), other_totals));
}

TEST_CASE("statements follow each other by their numbers", "[export]") {
    auto before = cut(1, 10);
    auto next = cut(11, 20);
    before.format = next.format = Format::camt053;
    before.accounts = {"a", "b"};
    next.accounts = {"b", "a", "b"};
    before.statement = 4;
    next.statement = 5;
    CHECK(joins(before, next));
    next.statement = 6;
    CHECK_FALSE(joins(before, next));
}

TEST_CASE("only statements of the same accounts follow each other", "[export]") {
    auto before = cut(1, 10);
    auto next = cut(11, 20);
    before.format = next.format = Format::camt053;
    before.statement = 1;
    next.statement = 2;
    before.accounts = {"a", "b"};
    next.accounts = {"a"};
    CHECK_FALSE(joins(before, next));
    next.accounts = {"a", "b"};
    CHECK(joins(before, next));
    next.statement.reset();
    CHECK_FALSE(joins(before, next));
    next.format = Format::csv;
    CHECK_FALSE(joins(before, next));
}

TEST_CASE("the manifest of a book that has no asset yet comes back too", "[export]") {
    auto made = cut(1, 1);
    made.totals.clear();
    const auto read = parse_manifest(to_text(made));
    REQUIRE(read);
    CHECK(read->totals.empty());
}

TEST_CASE("a manifest that no export can have is refused", "[export]") {
    auto deep = cut(1, 10);
    deep.totals[0].scale = 4'000'000'000;
    CHECK_FALSE(parse_manifest(to_text(deep)));
    deep.totals[0].scale = 18;
    CHECK(parse_manifest(to_text(deep)));
    auto twice = cut(1, 10);
    twice.totals.push_back(twice.totals.front());
    CHECK_FALSE(parse_manifest(to_text(twice)));
    twice = cut(1, 10);
    twice.files.push_back(twice.files.front());
    CHECK_FALSE(parse_manifest(to_text(twice)));
}

TEST_CASE("a manifest comes back from its text, and a wrong one does not", "[export]") {
    auto made = cut(5, 25);
    made.accounts = {"users:alice"};
    made.statement = 3;
    const auto text = to_text(made);
    const auto read = parse_manifest(text);
    REQUIRE(read);
    CHECK(to_text(*read) == text);
    CHECK(read->totals == made.totals);
    CHECK_FALSE(compare(made, *read));
    for (const auto* const wrong : {"{", "[]", "{}", "null", ""})
        CHECK_FALSE(parse_manifest(wrong));
    auto outside = text;
    outside.replace(outside.find("journal.jsonl"), 13, "../../../a.txt");
    CHECK_FALSE(parse_manifest(outside));
    auto unknown = text;
    unknown.insert(unknown.find("\"format\""), "\"more\":1,");
    CHECK_FALSE(parse_manifest(unknown));
}
