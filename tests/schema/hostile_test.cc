// Bytes that somebody else made: cut, flipped, padded, or built to cost more than they weigh.
#include <array>
#include <cstring>
#include <memory>
#include <random>
#include <string>

#include <catch2/catch.hpp>
#include <flatbuffers/flatbuffers.h>

#include "ledger/form.h"
#include "schema/command_codec.h"
#include "schema/command_generated.h"
#include "schema/record.h"
#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

Bytes finished(flatbuffers::FlatBufferBuilder& to, wire::Stated kind,
               flatbuffers::Offset<void> table, const wire::Id& key = {1, 2}) {
    wire::FinishCommandBuffer(to, wire::CreateCommand(to, &key, kind, table));
    return std::as_bytes(std::span{to.GetBufferPointer(), to.GetSize()});
}

// An entry of `count` postings without numbers whose codes are all the same stored string.
Bytes entry_with_shared_code(flatbuffers::FlatBufferBuilder& to, std::size_t count,
                             std::size_t code_bytes, std::size_t codes,
                             const wire::Id& key = {1, 2}) {
    const std::vector<wire::Posting> postings(count,
                                              wire::Posting{0, wire::U128{1, 0}, 1, 0, 0, 0});
    const auto code = to.CreateString(std::string(code_bytes, 'x'));
    const std::vector<flatbuffers::Offset<flatbuffers::String>> all(codes, code);
    const auto posting_vector = to.CreateVectorOfStructs(postings);
    const auto code_vector = to.CreateVector(all);
    return finished(to, wire::Stated::PostEntry,
                    wire::CreatePostEntry(to, posting_vector, code_vector).Union(), key);
}

// A copy in memory of exactly its size, so that a sanitizer sees any read past the end.
struct Exact {
    explicit Exact(Bytes bytes) : memory{new std::byte[bytes.size()]}, size{bytes.size()} {
        if (size != 0) std::memcpy(memory.get(), bytes.data(), size);
    }
    Bytes bytes() const { return {memory.get(), size}; }
    std::unique_ptr<std::byte[]> memory;
    std::size_t size;
};

}  // namespace

TEST_CASE("a table command cut at any length is malformed", "[schema][hostile]") {
    CommandEncoder encoder;
    for (const auto& command : sample_tables()) {
        const auto whole = copy_of(encoder.encode(command));
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const Exact cut{Bytes{whole}.first(length)};
            const auto decoded = decode_table_command(cut.bytes());
            // Zeros that only pad the end may be missing: then it still says the same.
            if (decoded) CHECK(*decoded == command);
            if (length + 8 <= whole.size()) CHECK_FALSE(decoded);
        }
    }
    CHECK(decode_table_command({}).error() == Malformation::bad_bytes);
}

TEST_CASE("a flipped bit gives another well-formed command or a malformation",
          "[schema][hostile]") {
    CommandEncoder encoder;
    for (const auto& command : sample_tables()) {
        const auto whole = copy_of(encoder.encode(command));
        for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
            Exact flipped{whole};
            flipped.memory[bit / 8] ^= std::byte{1} << (bit % 8);
            const auto decoded = decode_table_command(flipped.bytes());
            if (decoded && check_form(*decoded) != Malformation::none) FAIL("bit " << bit);
        }
    }
}

TEST_CASE("random damage never yields an ill-formed command", "[schema][hostile]") {
    CommandEncoder encoder;
    std::mt19937 random{20260301};  // always the same: a failure can be repeated
    const auto tables = sample_tables();
    for (int round = 0; round < 20'000; ++round) {
        Exact damaged{encoder.encode(tables[random() % tables.size()])};
        for (std::size_t hits = 1 + random() % 6; hits > 0; --hits) {
            damaged.memory[random() % damaged.size] = static_cast<std::byte>(random());
        }
        const auto decoded = decode_table_command(damaged.bytes());
        if (decoded && check_form(*decoded) != Malformation::none) FAIL("round " << round);
    }
}

TEST_CASE("a flipped bit in a transfer or a record never goes unread", "[schema][hostile]") {
    CommandEncoder encoder;
    const auto command = copy_of(encoder.encode(sample_entry()));
    const Decision decision = sample_acceptance();
    std::vector<std::byte> record(record_bytes(command.size(), decision));
    encode_record(record, Seq{5}, kLoopbackProducer, CommandKind::post_entry, command, decision);
    for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
        Exact flipped{record};
        flipped.memory[bit / 8] ^= std::byte{1} << (bit % 8);
        const auto view = RecordView::parse(flipped.bytes());
        if (view) CHECK(view->touch_count() == 2);
    }
    std::array<std::byte, kTransferBytes> bytes{};
    encode_transfer(sample_transfer(), bytes);
    for (std::size_t bit = 0; bit < kTransferBytes * 8; ++bit) {
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        Transfer transfer;
        const auto wrong = decode_transfer(bytes, transfer);
        if (wrong == Malformation::none) CHECK_FALSE(transfer == sample_transfer());
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
}

TEST_CASE("a command of more than 16 KiB is not looked at", "[schema][hostile]") {
    CommandEncoder encoder;
    auto bytes = copy_of(encoder.encode(sample_entry()));
    bytes.resize(kCommandBytesMax);
    CHECK(decode_table_command(bytes));
    bytes.resize(kCommandBytesMax + 1);
    CHECK(decode_table_command(bytes).error() == Malformation::too_large);
}

TEST_CASE("bytes behind a command do not change what it says", "[schema][hostile]") {
    CommandEncoder encoder;
    for (const auto& command : sample_tables()) {
        const auto canonical = copy_of(encoder.encode(command));
        auto longer = canonical;
        longer.resize(longer.size() + 24, std::byte{0xaa});
        const auto decoded = decode_table_command(longer);
        REQUIRE(decoded);
        CHECK(copy_of(encoder.encode(*decoded)) == canonical);
    }
}

TEST_CASE("the longest codes of the largest entry fit in no command", "[schema][hostile]") {
    CommandEncoder encoder;
    PostEntry entry = sample_entry();
    entry.postings.assign(255, {{{}, std::string(128, 'x')}, Side::debit, Amount{0, 1}});
    CHECK(encoder.encode(entry).size() > kCommandBytesMax);
    // By number they do.
    entry.postings.assign(255, {{AccountNumber{1}, {}}, Side::debit, Amount{0, 1}});
    entry.particulars.reference.assign(128, 'r');
    entry.particulars.description.assign(256, 'd');
    CHECK(encoder.encode(entry).size() <= kCommandBytesMax);
}

TEST_CASE("one long text shared by many postings is not copied many times", "[schema][hostile]") {
    flatbuffers::FlatBufferBuilder to;
    const auto bomb = entry_with_shared_code(to, 255, 7'000, 255);
    REQUIRE(bomb.size() <= kCommandBytesMax);
    CHECK(decode_table_command(bomb).error() == Malformation::account_code);
    to.Clear();
    const auto shared = decode_table_command(entry_with_shared_code(to, 255, 128, 255));
    REQUIRE(shared);  // shared but allowed: it is stored without the sharing, or not at all
    CommandEncoder encoder;
    CHECK(encoder.encode(*shared).size() > kCommandBytesMax);
}

TEST_CASE("a member that is too long once it is written out is not taken", "[schema][hostile]") {
    flatbuffers::FlatBufferBuilder to;
    std::vector<std::byte> frames;
    append_frame(frames, entry_with_shared_code(to, 255, 128, 255, {}));
    flatbuffers::FlatBufferBuilder outer;
    const auto members =
        outer.CreateVector(reinterpret_cast<const std::uint8_t*>(frames.data()), frames.size());
    const auto atomic = decode_table_command(
        finished(outer, wire::Stated::Atomic, wire::CreateAtomic(outer, members).Union()));
    // What is stored must be readable: the whole is short enough, the member is not.
    REQUIRE(atomic);
    CommandEncoder encoder;
    CHECK(encoder.encode(*atomic).size() <= kAtomicBytesMax);
    CHECK_FALSE(encoder.fits());
}

TEST_CASE("an atomic holds neither another nor what cannot be part of one", "[schema][hostile]") {
    CommandEncoder encoder;
    for (const Command& inner : {Command{sample_atomic()}, Command{VoidKey{id_of(1)}},
                                 Command{ExpireHold{EntryId{Seq{7}, 2}}}}) {
        std::vector<std::byte> frames;
        append_frame(frames, encoder.encode(inner));
        flatbuffers::FlatBufferBuilder outer;
        const auto members =
            outer.CreateVector(reinterpret_cast<const std::uint8_t*>(frames.data()), frames.size());
        const auto bytes =
            finished(outer, wire::Stated::Atomic, wire::CreateAtomic(outer, members).Union());
        CHECK_FALSE(decode_table_command(bytes));
    }
}

TEST_CASE("what names a hold or an entry cannot be left out", "[schema][hostile]") {
    flatbuffers::FlatBufferBuilder to;
    const auto release =
        finished(to, wire::Stated::ReleaseHold, wire::CreateReleaseHold(to).Union());
    CHECK(decode_table_command(release).error() == Malformation::entry_id);
    to.Clear();
    const auto voided = finished(to, wire::Stated::VoidKey, wire::CreateVoidKey(to, true).Union());
    CHECK(decode_table_command(voided).error() == Malformation::reserved_not_zero);
}

TEST_CASE("codes and postings must match in number", "[schema][hostile]") {
    flatbuffers::FlatBufferBuilder to;
    for (const std::size_t codes : {0UL, 1UL, 3UL, 2'000UL}) {
        CAPTURE(codes);
        to.Clear();
        CHECK(decode_table_command(entry_with_shared_code(to, 2, 3, codes)).error() ==
              Malformation::account_reference);
    }
    to.Clear();
    CHECK(decode_table_command(entry_with_shared_code(to, 300, 3, 300)).error() ==
          Malformation::posting_count);
}

TEST_CASE("parts that are missing or not known are malformed", "[schema][hostile]") {
    flatbuffers::FlatBufferBuilder to;
    const auto empty = finished(to, wire::Stated::PostEntry, wire::CreatePostEntry(to).Union());
    CHECK(decode_table_command(empty).error() == Malformation::posting_count);

    to.Clear();
    const auto later = finished(to, wire::Stated{99}, wire::CreateVoidKey(to).Union());
    CHECK(decode_table_command(later).error() == Malformation::unknown_kind);

    to.Clear();
    const auto none = finished(to, wire::Stated::NONE, wire::CreateVoidKey(to).Union());
    CHECK_FALSE(decode_table_command(none));

    to.Clear();  // an entry that claims to be an asset
    const auto other = finished(to, wire::Stated::DefineAsset, wire::CreateVoidKey(to).Union());
    CHECK(decode_table_command(other).error() == Malformation::bad_bytes);

    to.Clear();
    const std::vector postings{wire::Posting{1, wire::U128{1, 0}, 1, 1, 0, 0},
                               wire::Posting{2, wire::U128{1, 0}, 2, 0, 0, 0}};
    const auto vector = to.CreateVectorOfStructs(postings);
    const auto reserved =
        finished(to, wire::Stated::PostEntry, wire::CreatePostEntry(to, vector).Union());
    CHECK(decode_table_command(reserved).error() == Malformation::reserved_not_zero);
}

}  // namespace daybook::schema
