// The bytes on disk and on the wire, spelled out. When one of these fails, the format has changed:
// see schema/README.md before touching a literal.
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "schema/command_codec.h"
#include "schema/receipts.h"
#include "schema/record.h"
#include "schema/submission.h"
#include "tests/schema/samples.h"

namespace daybook::schema {

namespace {

// Literals are grouped by field; the blanks do not count.
std::string packed(std::string_view spaced) {
    std::string text;
    for (const char c : spaced) {
        if (c != ' ') text.push_back(c);
    }
    return text;
}

std::string encoded(const Command& command) {
    CommandEncoder encoder;
    return hex_of(encoder.encode(command));
}

}  // namespace

TEST_CASE("golden: a transfer", "[schema][golden]") {
    CHECK(encoded(sample_transfer()) ==
          packed("101112131415161718191a1b1c1d1e1f 0300000000000000 0807060504030201 "
                 "e8030000000000000500000000000000 808182838485868788898a8b8c8d8e8f "
                 "feffffffffffffff 0000000000000000 0000000000000000 0000 01 00 00000000 "
                 "0000000000000000 0000000000000000 0000000000000000 0000000000000000"));
}

TEST_CASE("golden: define_asset", "[schema][golden]") {
    CHECK(encoded(sample_asset()) ==
          packed("1800000044424b43 0000000000000a00 1c00080007001800 0a00000000000001 "
                 "0102030405060708 090a0b0c0d0e0f10 0c00000008000c00 0800070008000000 "
                 "0000000204000000 0300000055534400"));
}

TEST_CASE("golden: open_account", "[schema][golden]") {
    CHECK(encoded(sample_account()) ==
          packed("1800000044424b43 0000000000000a00 2200080007001c00 0a00000000000002 "
                 "0203040506070809 0a0b0c0d0e0f1011 0000000014000000 00000e0030000800 "
                 "0c00070010002000 0e00000000000002 3000000024000000 fbffffffffffffff "
                 "ffffffffffffffff e803000000000000 0000000000000000 0300000055534400 "
                 "0b00000075736572 733a616c69636500"));
}

TEST_CASE("golden: post_entry", "[schema][golden]") {
    CHECK(encoded(sample_entry()) ==
          packed("1800000044424b43 0000000000000a00 1c00080007001800 0a00000000000003 "
                 "030405060708090a 0b0c0d0e0f101112 1400000010002c00 040008000c001000 "
                 "1400240010000000 4c0000003c000000 2c0000001c000000 a0a1a2a3a4a5a6a7 "
                 "a8a9aaabacadaeaf 00002a36fe9c9717 070000004772c3bc c39f650007000000 "
                 "6f72646572203700 020000007c000000 6c00000003000000 0700000000000000 "
                 "1e00000000000000 0000000000000000 0100000000000000 0000000000000000 "
                 "0a00000000000000 0000000000000000 0200000000000000 0000000000000000 "
                 "1400000000000000 0000000000000000 0200000000000000 0000000004000000 "
                 "6665657300000000 0b00000075736572 733a616c69636500"));
}

TEST_CASE("golden: void_key", "[schema][golden]") {
    CHECK(encoded(VoidKey{id_of(4)}) ==
          packed("1800000044424b43 0000000000000a00 2000080007001c00 0a00000000000004 "
                 "0405060708090a0b 0c0d0e0f10111213 0000000008000000 0400040004000000"));
}

TEST_CASE("golden: the record of an accepted transfer", "[schema][golden]") {
    std::array<std::byte, kTransferBytes> command{};
    encode_transfer(sample_transfer(), command);
    const Decision decision = sample_acceptance();
    std::vector<std::byte> record(record_bytes(command.size(), decision));
    encode_record(record, Seq{77}, ProducerId{5}, CommandKind::transfer, command, decision);
    CHECK(hex_of(record) ==
          packed("4d00000000000000 0000000000000000 05000000 80000000 01 01 0000 0200 0000 ") +
              encoded(sample_transfer()) +
              packed("0300000000000000 0900000000000000 0100040000000000 0000020000000000 "
                     "01000000000000000000000000000000 02000000000000000100000000000000 "
                     "03000000000000000000000000000000 04000000000000000200000000000000 "
                     "0400000000000000 0100000000000000 0000000000000000 0000000000000000 "
                     "00000000000000000000000000000000 08000000000000000000000000000000 "
                     "00000000000000000000000000000000 00000000000000000000000000000000"));
}

TEST_CASE("golden: the record of a rejected transfer", "[schema][golden]") {
    std::array<std::byte, kTransferBytes> command{};
    encode_transfer(sample_transfer(), command);
    const Decision decision = sample_rejection();
    std::vector<std::byte> record(record_bytes(command.size(), decision));
    encode_record(record, Seq{78}, ProducerId{5}, CommandKind::transfer, command, decision);
    CHECK(hex_of(record) ==
          packed("4e00000000000000 0300000000000000 05000000 80000000 01 02 0d00 0000 0100 ") +
              encoded(sample_transfer()) +
              packed("0100 0000 0100 0000 00000000 00000000 0300000000000000 0000000000000000 "
                     "f9ffffffffffffffffffffffffffffff 00000000000000000000000000000000"));
}

TEST_CASE("golden: a message of receipts", "[schema][golden]") {
    MessageHeader asked;
    asked.kind = MessageKind::transfers;
    asked.correlation = 0x1122334455667788;
    ReceiptsBuilder builder;
    builder.begin(asked, id_of(0x40));
    builder.add_decided(Seq{5}, Stamp{50}, sample_acceptance());
    builder.add_decided(Seq{6}, Stamp{50}, sample_rejection());
    std::vector<std::byte> message(builder.message_bytes());
    builder.write(Seq{100}, message);
    CHECK(hex_of(message) ==
          packed("44424b4d 0200 41 00 404142434445464748494a4b4c4d4e4f 8877665544332211 "
                 "6400000000000000 02000000 01000000 00000000 0000 0000 00000000 00000000 "
                 "0500000000000000 3200000000000000 0000000000000000 0000 01 00 0000 0000 "
                 "0600000000000000 3200000000000000 0300000000000000 0d00 02 00 0000 0100 "
                 "0100 0000 0100 0000 00000000 00000000 0300000000000000 0000000000000000 "
                 "f9ffffffffffffffffffffffffffffff 00000000000000000000000000000000"));
}

TEST_CASE("golden: a message of keys", "[schema][golden]") {
    SubmissionBuilder builder;
    builder.begin(MessageKind::outcomes, id_of(0x40), 7, 1);
    builder.add_key(id_of(1));
    CHECK(hex_of(builder.message()) ==
          packed("44424b4d 0200 03 01 404142434445464748494a4b4c4d4e4f 0700000000000000 "
                 "0000000000000000 01000000 00000000 00000000 0000 0000 00000000 00000000 "
                 "0102030405060708090a0b0c0d0e0f10"));
}

TEST_CASE("golden: a framed account code", "[schema][golden]") {
    SubmissionBuilder builder;
    builder.begin(MessageKind::resolve, id_of(0x40), 7);
    builder.add_account_code("bank:cash");
    CHECK(hex_of(builder.message().subspan(kMessageHeaderBytes)) ==
          packed("09000000 00000000 62616e6b3a63617368 00000000000000"));
}

}  // namespace daybook::schema
