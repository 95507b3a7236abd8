#include <algorithm>
#include <array>
#include <string>

#include <catch2/catch.hpp>

#include "ledger/form.h"
#include "schema/command_codec.h"
#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

// The bytes at each distance from an aligned address.
std::span<const std::byte> at_offset(std::vector<std::byte>& room, Bytes bytes,
                                     std::size_t offset) {
    room.assign(bytes.size() + 16, std::byte{0xee});
    const auto misaligned = reinterpret_cast<std::uintptr_t>(room.data()) % 8;
    const auto start = (8 - misaligned) % 8 + offset;
    std::ranges::copy(bytes, room.begin() + static_cast<std::ptrdiff_t>(start));
    return std::span{room}.subspan(start, bytes.size());
}

}  // namespace

TEST_CASE("a transfer comes back from its 128 bytes as it was", "[schema][codec]") {
    std::array<std::byte, kTransferBytes> bytes{};
    for (const auto& transfer : {sample_transfer(), Transfer{id_of(9),
                                                             AccountNumber{~std::uint64_t{0}},
                                                             AccountNumber{1},
                                                             Amount{~Uint128{0}},
                                                             {},
                                                             {}}}) {
        encode_transfer(transfer, bytes);
        Transfer decoded;
        CHECK(decode_transfer(bytes, decoded) == Malformation::none);
        CHECK(decoded == transfer);
    }
}

TEST_CASE("every command comes back from its bytes as it was", "[schema][codec]") {
    CommandEncoder encoder;
    auto commands = sample_tables();
    commands.emplace_back(sample_transfer());
    for (const auto& command : commands) {
        CAPTURE(name_of(kind_of(command)));
        const auto decoded = decode_command(kind_of(command), encoder.encode(command));
        REQUIRE(decoded);
        CHECK(*decoded == command);
    }
}

TEST_CASE("one command has one encoding whatever was encoded before", "[schema][codec]") {
    CommandEncoder used;
    std::vector<std::vector<std::byte>> first;
    for (const auto& command : sample_tables())
        first.push_back(copy_of(used.encode(command)));
    std::size_t index = sample_tables().size();
    const auto commands = sample_tables();
    while (index-- > 0) {
        CommandEncoder fresh;
        CHECK(copy_of(used.encode(commands[index])) == first[index]);
        CHECK(copy_of(fresh.encode(commands[index])) == first[index]);
    }
}

TEST_CASE("commands that differ in any field differ in their bytes", "[schema][codec]") {
    CommandEncoder encoder;
    auto commands = sample_tables();
    auto entry = sample_entry();
    entry.particulars.reference = "order 8";
    commands.emplace_back(entry);
    entry.particulars.reference.clear();
    commands.emplace_back(entry);
    entry.particulars.tag = {};
    commands.emplace_back(entry);
    entry.particulars.effective_at = {};
    commands.emplace_back(entry);
    std::swap(entry.postings[0], entry.postings[1]);
    commands.emplace_back(entry);
    std::vector<std::vector<std::byte>> encodings;
    for (const auto& command : commands)
        encodings.push_back(copy_of(encoder.encode(command)));
    std::ranges::sort(encodings);
    CHECK(std::ranges::adjacent_find(encodings) == encodings.end());
}

TEST_CASE("bytes are read at any alignment", "[schema][codec]") {
    CommandEncoder encoder;
    std::vector<std::byte> room;
    for (std::size_t offset = 0; offset < 8; ++offset) {
        CAPTURE(offset);
        for (const auto& command : sample_tables()) {
            const auto decoded =
                decode_table_command(at_offset(room, encoder.encode(command), offset));
            REQUIRE(decoded);
            CHECK(*decoded == command);
        }
        Transfer transfer;
        const auto bytes = at_offset(room, encoder.encode(sample_transfer()), offset);
        CHECK(decode_transfer(bytes.first<kTransferBytes>(), transfer) == Malformation::none);
        CHECK(transfer == sample_transfer());
    }
}

TEST_CASE("a transfer with another kind or a reserved byte set is malformed", "[schema][codec]") {
    std::array<std::byte, kTransferBytes> bytes{};
    encode_transfer(sample_transfer(), bytes);
    constexpr std::size_t kKindPlace = 90;
    Transfer transfer;
    for (std::size_t place = 72; place < kTransferBytes; ++place) {
        CAPTURE(place);
        bytes[place] ^= std::byte{0x40};
        const auto expected =
            place == kKindPlace ? Malformation::unknown_kind : Malformation::reserved_not_zero;
        CHECK(name_of(decode_transfer(bytes, transfer)) == name_of(expected));
        bytes[place] ^= std::byte{0x40};
    }
    CHECK(decode_transfer(bytes, transfer) == Malformation::none);
}

TEST_CASE("what is malformed stays malformed through its bytes", "[schema][codec]") {
    CommandEncoder encoder;
    auto many = sample_entry();
    many.postings.resize(256, many.postings[0]);
    auto both = sample_entry();
    both.postings[1].account.number = AccountNumber{1};
    auto neither = sample_entry();
    neither.postings[0].account = {};
    auto wide_side = sample_entry();
    wide_side.postings[0].side = Side{9};
    const std::vector<Command> commands{DefineAsset{{}, "USD", 2},
                                        DefineAsset{id_of(1), "usd", 2},
                                        DefineAsset{id_of(1), "USD", 19},
                                        DefineAsset{id_of(1), "USD", 256 + 2},
                                        VoidKey{},
                                        many,
                                        both,
                                        neither,
                                        wide_side,
                                        OpenAccount{id_of(1), "a", "USD", AccountType{9}, {}}};
    for (const auto& command : commands) {
        const auto wrong = check_form(command);
        REQUIRE(wrong != Malformation::none);
        const auto decoded = decode_table_command(encoder.encode(command));
        REQUIRE_FALSE(decoded);
        CHECK(name_of(decoded.error()) == name_of(wrong));
    }
}

TEST_CASE("a command is read only as the kind it is", "[schema][codec]") {
    CommandEncoder encoder;
    const auto bytes = copy_of(encoder.encode(sample_asset()));
    CHECK(decode_command(CommandKind::define_asset, bytes));
    for (const auto kind : {CommandKind::open_account, CommandKind::atomic, CommandKind{0}}) {
        const auto decoded = decode_command(kind, bytes);
        REQUIRE_FALSE(decoded);
        CHECK(decoded.error() == Malformation::unknown_kind);
    }
    CHECK(decode_command(CommandKind::transfer, bytes).error() == Malformation::bad_bytes);
}

}  // namespace daybook::schema
